// Line icons drawn on a 20 × 20 grid in the current text color.
const PATHS = {
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  fit: 'M4 8V4h4M16 8V4h-4M4 12v4h4M16 12v4h-4',
  target: 'M10 3v3M10 14v3M3 10h3M14 10h3M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  close: 'M5 5l10 10M15 5L5 15',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.5v2M10 16.500v2M1.5 10h2M16.5 10h2M4 4l1.4 1.400M14.6 14.600L16 16M16 4l-1.4 1.400M5.4 14.600L4 16',
  moon: 'M16.5 12.200A7 7 0 0 1 7.8 3.500a7 7 0 1 0 8.7 8.700z',
  up: 'M5 12.500l5-5 5 5',
  down: 'M5 7.500l5 5 5-5',
  check: 'M4 10.500l4 4 8-9',
  cross: 'M5.5 5.500l9 9M14.5 5.500l-9 9',
  walk: 'M10.5 3.200a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.600zM9.8 7.200L8.2 12l2.6 2 .6 3.800M8.3 12l-2 5.400M9.8 7.400L6.7 9.200v2.600M10.4 8.600l3.2 2.2',
  alert: 'M10 3L2.5 16.500h15zM10 8v4M10 14.200v.3',
} as const;

export function Icon({ name, size = 20 }: { name: keyof typeof PATHS; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
