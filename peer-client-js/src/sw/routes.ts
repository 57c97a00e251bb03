/** What the static routing API takes (Service Workers, "RouterRule"); browsers without it ask us about everything. */
export interface RouterRule {
  readonly condition: RouterCondition;
  readonly source: 'network';
}

/** Where the browser has the API. */
export interface InstallEvent extends Event {
  readonly addRoutes?: (rules: readonly RouterRule[]) => Promise<void>;
}

interface RouterCondition {
  readonly requestMode?: string;
  readonly requestDestination?: string;
  readonly requestMethod?: string;
  readonly urlPattern?: { readonly pathname: string };
}

const DESTINATIONS = ['document', 'iframe', 'frame', 'object', 'embed', 'worker', 'sharedworker', 'manifest', 'report'];
const METHODS = ['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
/** Browsers refuse more than 256 rules. */
const MOST_PATTERNS = 128;

/** Rules that let pass by, without starting us, what `decide` would pass anyway. */
export function networkRules(never: readonly string[]): readonly RouterRule[] {
  const patterns = ['/.gyre/*', '/peer-client.js', '/peer-sw.js', ...never];
  const conditions: RouterCondition[] = [
    { requestMode: 'navigate' },
    ...DESTINATIONS.map((requestDestination) => ({ requestDestination })),
    ...METHODS.map((requestMethod) => ({ requestMethod })),
    ...patterns
      .filter(isPath)
      .slice(0, MOST_PATTERNS)
      .map((pathname) => ({ urlPattern: { pathname: escaped(pathname) } })),
  ];
  return conditions.map((condition) => ({ condition, source: 'network' }));
}

function isPath(pattern: string): boolean {
  return pattern.startsWith('/') && !pattern.includes('?');
}

/** A pattern of gyre.yaml as one of URLPattern: `*` means the same, everything else stands for itself. */
function escaped(pattern: string): string {
  return pattern.replaceAll(/[.+?^${}()[\]|\\:]/g, '\\$&');
}
