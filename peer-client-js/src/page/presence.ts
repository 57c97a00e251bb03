import type { Presence } from '../port/messages.js';

interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
  readonly metered?: boolean;
}

interface Battery extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}

type Device = Navigator & {
  readonly connection?: NetworkInformation;
  readonly getBattery?: () => Promise<Battery>;
};

const LOW_LEVEL = 0.2;

/** Watches what the visitor's device and window allow, and tells each change until `signal` aborts. */
export function watchPresence(onChange: (presence: Presence) => void, signal: AbortSignal): Presence {
  const device: Device = navigator;
  let battery: Battery | undefined;
  const look = (): Presence => ({
    isHidden: document.visibilityState === 'hidden',
    isMetered: isMetered(device.connection),
    isLowOnPower: battery !== undefined && !battery.charging && battery.level <= LOW_LEVEL,
  });
  const tell = () => onChange(look());
  document.addEventListener('visibilitychange', tell, { signal });
  device.connection?.addEventListener('change', tell, { signal });
  device.getBattery?.().then(
    (found) => {
      battery = found;
      for (const event of ['levelchange', 'chargingchange']) found.addEventListener(event, tell, { signal });
      if (!signal.aborted && look().isLowOnPower) tell();
    },
    () => undefined,
  );
  return look();
}

function isMetered(connection: NetworkInformation | undefined): boolean {
  if (connection === undefined) return false;
  return connection.saveData === true || connection.metered === true || connection.type === 'cellular';
}
