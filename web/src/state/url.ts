// The part of the state that a link carries, as text after "#". Pure: no window here.
import type { LonLat } from '../api/types';
import { MODES, type ModeId } from './mode';

export const TABS = ['summary', 'zones', 'missing'] as const;
export type Tab = (typeof TABS)[number];

export const LAYERS = ['streets', 'demand', 'gaps', 'facilities', 'zones', 'buildings', 'gain'] as const;
export type LayerId = (typeof LAYERS)[number];

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

/** Every member may be absent: the study's defaults fill in. */
export interface UrlState {
  mode?: ModeId;
  study?: string;
  /** The scenario at hand; absent: the study as it stands. */
  scenario?: string;
  /** The scenario compared with, `baseline` for the study as it stands. */
  against?: string;
  function?: string;
  profile?: string;
  group?: string;
  cutoffMin?: number;
  /** The functions that the composite view asks for. */
  need?: string[];
  view?: View;
  pin?: LonLat;
  tab?: Tab;
  hidden?: LayerId[];
}

export const CUTOFF_MIN = 1;
export const CUTOFF_MAX = 60;

/** Whole minutes from 1 to 60, whatever was asked for. */
export function clampCutoff(value: number): number {
  return Math.min(CUTOFF_MAX, Math.max(CUTOFF_MIN, Math.round(value)));
}

const TEXTS = { study: 'study', scenario: 's', against: 'b', function: 'f', profile: 'p', group: 'g' } as const;

export function parseHash(hash: string): UrlState {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const state: UrlState = {};
  const text = (key: string) => {
    const value = given.get(key);
    return value === null || value === '' ? undefined : value;
  };
  for (const [name, key] of Object.entries(TEXTS) as [keyof typeof TEXTS, string][]) {
    const value = text(key);
    if (value !== undefined) state[name] = value;
  }
  const mode = MODES.find((known) => known === text('mode'));
  if (mode !== undefined) state.mode = mode;
  const cutoff = Number(text('c'));
  if (Number.isFinite(cutoff)) state.cutoffMin = clampCutoff(cutoff);
  const need = text('need');
  if (need !== undefined) state.need = need.split(',').filter((id) => id !== '');
  const view = numbers(text('m'), '/', 3);
  if (view !== null && onEarth(view[2] ?? 0, view[1] ?? 0)) state.view = { zoom: view[0] ?? 0, lat: view[1] ?? 0, lon: view[2] ?? 0 };
  const pin = numbers(text('pin'), ',', 2);
  if (pin !== null && onEarth(pin[1] ?? 0, pin[0] ?? 0)) state.pin = [pin[1] ?? 0, pin[0] ?? 0];
  const tab = TABS.find((known) => known === text('t'));
  if (tab !== undefined) state.tab = tab;
  const off = text('off');
  if (off !== undefined) state.hidden = LAYERS.filter((known) => off.split(',').includes(known));
  return state;
}

export function formatHash(state: UrlState): string {
  const parts: string[] = [];
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined && value !== '') parts.push(`${key}=${value}`);
  };
  if (state.mode !== 'coverage') put('mode', state.mode);
  for (const [name, key] of Object.entries(TEXTS) as [keyof typeof TEXTS, string][]) put(key, state[name] && encodeURIComponent(state[name]));
  put('c', state.cutoffMin?.toString());
  put('need', state.need?.map(encodeURIComponent).join(','));
  if (state.view) put('m', `${state.view.zoom.toFixed(2)}/${state.view.lat.toFixed(5)}/${state.view.lon.toFixed(5)}`);
  if (state.pin) put('pin', `${state.pin[1].toFixed(6)},${state.pin[0].toFixed(6)}`);
  if (state.tab !== undefined && state.tab !== 'summary') put('t', state.tab);
  put('off', state.hidden?.join(','));
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

function numbers(text: string | undefined, separator: string, length: number): number[] | null {
  if (text === undefined) return null;
  const values = text.split(separator).map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return values.length === length && values.every(Number.isFinite) ? values : null;
}

function onEarth(lon: number, lat: number): boolean {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
}
