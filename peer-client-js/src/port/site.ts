/** The service worker's global `gyreSite`, which origin-proxy writes before its script: what the session answer says. */
export interface Site {
  readonly policy: {
    readonly consent: string;
    readonly eligible: readonly string[];
    readonly never: readonly string[];
    readonly hedgeMs: number;
  };
}

export interface SiteScope {
  readonly gyreSite?: Site;
}
