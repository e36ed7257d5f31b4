// Fills the holes of a text. `{name}` is the value; `{name:site|sites}` the word that goes with its number, the value itself
// where the word says `#`. Pure.

const HOLE = /\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g;
const RULES = new Map<string, Intl.PluralRules>();

function rules(language: string): Intl.PluralRules {
  const known = RULES.get(language) ?? new Intl.PluralRules(language);
  RULES.set(language, known);
  return known;
}

/** Whether a number, or one that is written out already, takes the word for one. */
function isOne(value: string | number, language: string): boolean {
  return typeof value === 'number' ? rules(language).select(value) === 'one' : value === '1';
}

export function filled(text: string, values: Record<string, string | number>, language: string): string {
  return text.replace(HOLE, (whole, name: string, one: string | undefined, other: string | undefined) => {
    const value = values[name];
    if (value === undefined) return whole;
    const word = one === undefined || other === undefined ? '#' : isOne(value, language) ? one : other;
    return word.replace('#', () => String(value));
  });
}
