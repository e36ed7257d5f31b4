// The only place where numbers become text.
import type { DemandUnit } from './api/types';

export type Language = 'en' | 'zh';

const LOCALE: Record<Language, string> = { en: 'en-US', zh: 'zh-CN' };
/** Shown where there is no number. */
export const NONE = '–';

function number(language: Language, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(LOCALE[language], { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Persons as a whole number; small fractions that estimation leaves are not shown. */
export function persons(value: number, language: Language): string {
  return number(language, 0).format(value);
}

/** How much demand: persons, or length of street where no population is known. */
export function demand(value: number, unit: DemandUnit, language: Language): string {
  return unit === 'street_meters' ? `${number(language, 1).format(value / 1000)} km` : persons(value, language);
}

/** A share in percent. Only a true 0 or 1 reads 0% or 100%. */
export function share(value: number | null, language: Language): string {
  if (value === null) return NONE;
  if (value <= 0 || value >= 1) return `${value <= 0 ? 0 : 100}%`;
  const percent = Math.min(99.9, Math.max(0.1, value * 100));
  return `${number(language, 1).format(percent)}%`;
}

/** A difference of shares in percentage points, with its sign. */
export function points(value: number | null, language: Language): string {
  if (value === null) return NONE;
  const text = number(language, 1).format(Math.abs(value * 100));
  return `${value < 0 ? '−' : '+'}${text}`;
}

/**
 * Minutes to a tenth, rounded up, so that "15.0" never stands for a time beyond a cutoff of 15.
 * The tiny allowance keeps a time such as 14.1 (held as 14.100000000000001) from becoming 14.2.
 */
export function minutes(value: number | null, language: Language): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const tenths = Math.max(0, Math.ceil(value * 10 - 1e-6)) / 10;
  return number(language, tenths < 100 ? 1 : 0).format(tenths < 100 ? tenths : Math.ceil(tenths));
}

/** Metres below a kilometre, else kilometres to a tenth. */
export function meters(value: number | null, language: Language): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  if (value < 999.5) return `${number(language, 0).format(value)} m`;
  return `${number(language, value < 99_950 ? 1 : 0).format(value / 1000)} km`;
}

/** Walking speed in m/s, two digits only where needed. */
export function speed(value: number, language: Language): string {
  const format = new Intl.NumberFormat(LOCALE[language], { minimumFractionDigits: 1, maximumFractionDigits: 2 });
  return `${format.format(value)} m/s`;
}

/** A count of things. */
export function count(value: number, language: Language): string {
  return number(language, 0).format(value);
}

/** A place in degrees, latitude first as people read it. */
export function place([lon, lat]: readonly [number, number]): string {
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

/** The first characters of a hash, enough to compare by eye. */
export function hash(value: string): string {
  return value.slice(0, 12);
}

/** A moment of the server's clock, in the reader's own time. */
export function moment(iso: string, language: Language): string {
  const when = new Date(iso);
  return Number.isNaN(when.getTime()) ? iso : new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'medium', timeStyle: 'short' }).format(when);
}

/** A share of the bound that a plan may still miss, in percent; small gaps keep two digits. */
export function gapShare(value: number | null, language: Language): string {
  if (value === null) return NONE;
  const percent = value * 100;
  return `${number(language, percent > 0 && percent < 10 ? 2 : percent === 0 ? 0 : 1).format(percent)}%`;
}

/** A duration of work: seconds to a tenth, from a minute on minutes and seconds. */
export function duration(seconds: number, language: Language): string {
  if (seconds < 60) return `${number(language, 1).format(seconds)} s`;
  const whole = Math.round(seconds);
  return `${number(language, 0).format(Math.floor(whole / 60))} min ${whole % 60} s`;
}

/** The size of a file. */
export function bytes(value: number, language: Language): string {
  if (value < 1000) return `${number(language, 0).format(value)} B`;
  if (value < 999_500) return `${number(language, 0).format(value / 1000)} kB`;
  return `${number(language, 1).format(value / 1e6)} MB`;
}

/** An amount in the unit of the candidates' cost column: whole where it is whole. */
export function cost(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 2 }).format(value);
}

/** A difference of persons or amounts with its sign. */
export function signed(text: string, value: number): string {
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A thin line of air between Chinese and the Latin names set into it, as in print. */
export function spaced(text: string): string {
  return text.replace(/(\p{Script=Han})(\p{Script=Latin})/gu, '$1 $2').replace(/(\p{Script=Latin})(\p{Script=Han})/gu, '$1 $2');
}
