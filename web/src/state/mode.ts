// Which question the workbench is on.
import { signal } from '@preact/signals';

export const MODES = ['explore', 'reach', 'coverage', 'gaps', 'whatif', 'place', 'compare', 'audit'] as const;
export type ModeId = (typeof MODES)[number];

export const mode = signal<ModeId>('coverage');
