// The part of the state that a link carries, as text after "#". Pure: no window here.
import type { LonLat } from '../api/types';

export const TABS = ['overview', 'gaps', 'zones', 'layers'] as const;
export type Tab = (typeof TABS)[number];

export const LAYERS = ['streets', 'demand', 'gaps', 'facilities', 'zones', 'buildings'] as const;
export type LayerId = (typeof LAYERS)[number];

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

/** Every member may be absent: the study's defaults fill in. */
export interface UrlState {
  function?: string;
  profile?: string;
  group?: string;
  cutoffMin?: number;
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

export function parseHash(hash: string): UrlState {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const state: UrlState = {};
  const text = (key: string) => {
    const value = given.get(key);
    return value === null || value === '' ? undefined : value;
  };
  const fn = text('f');
  const profile = text('p');
  const group = text('g');
  if (fn !== undefined) state.function = fn;
  if (profile !== undefined) state.profile = profile;
  if (group !== undefined) state.group = group;
  const cutoff = Number(text('c'));
  if (Number.isFinite(cutoff)) state.cutoffMin = clampCutoff(cutoff);
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
  put('f', state.function && encodeURIComponent(state.function));
  put('p', state.profile && encodeURIComponent(state.profile));
  put('g', state.group && encodeURIComponent(state.group));
  put('c', state.cutoffMin?.toString());
  if (state.view) put('m', `${state.view.zoom.toFixed(2)}/${state.view.lat.toFixed(5)}/${state.view.lon.toFixed(5)}`);
  if (state.pin) put('pin', `${state.pin[1].toFixed(6)},${state.pin[0].toFixed(6)}`);
  if (state.tab !== undefined && state.tab !== 'overview') put('t', state.tab);
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
