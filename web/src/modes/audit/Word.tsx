import type { Named, Standard, Study } from '../../api/types';
import { nameOf, t } from '../../i18n';

/** A standard as the study has it; its name alone where the study no longer knows it. */
export type Worded = Named & Partial<Pick<Standard, 'source' | 'source_zh' | 'note' | 'note_zh'>>;

/** A text in the language of the page, else in the one there is. */
export const inEither = (en = '', zh = ''): string => nameOf({ id: '', en, zh });

/** On whose word a standard stands, how many of its numbers nobody has checked, and what its reader must know. */
export function Word({ standard, rules }: { standard: Worded; rules: readonly { verified: boolean }[] }) {
  const source = inEither(standard.source, standard.source_zh);
  const note = inEither(standard.note, standard.note_zh);
  const unverified = rules.filter((rule) => !rule.verified).length;
  if (source === '' && note === '' && unverified === 0) return null;
  return (
    <div class="standard-word" data-testid="standard-word" data-unverified={unverified}>
      {unverified > 0 && <p class="unverified">{unverified === rules.length ? t('audit.noneVerified') : t('audit.someUnverified', { n: unverified, of: rules.length })}</p>}
      {source !== '' && <p class="hint">{t('audit.source', { source })}</p>}
      {note !== '' && <p class="hint">{note}</p>}
    </div>
  );
}

/** The standards of the study, before they are run. */
export function Standards({ study }: { study: Study }) {
  return (
    <section class="findings" data-testid="audit-standards">
      {study.standards.map((standard) => (
        <section class="standard" key={standard.id}>
          <div class="section-head">
            <h3>{nameOf(standard)}</h3>
            <span class="hint num">{t('audit.rules', { n: standard.rules.length })}</span>
          </div>
          <Word standard={standard} rules={standard.rules} />
        </section>
      ))}
    </section>
  );
}
