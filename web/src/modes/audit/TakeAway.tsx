import { signal } from '@preact/signals';
import type { Study } from '../../api/types';
import { t } from '../../i18n';
import { mapNow } from '../../map/now';
import { savePicture, saving } from '../../map/save-picture';

const told = signal<'copied' | 'shown' | 'saved' | 'noPicture' | null>(null);

/** Copies the address of this very view; where that is forbidden it is shown to be copied by hand. */
async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(window.location.href);
    told.value = 'copied';
  } catch {
    told.value = 'shown';
  }
}

async function save(study: Study): Promise<void> {
  told.value = (await savePicture(study)) ? 'saved' : 'noPicture';
}

/** The map as a picture, and the link to this view. */
export function TakeAway({ study }: { study: Study }) {
  return (
    <section data-testid="take-away">
      <h3>{t('take.title')}</h3>
      <div class="actions">
        <button type="button" class="button" data-testid="save-picture" disabled={saving.value || mapNow.value === null} onClick={() => void save(study)}>
          {t('take.picture')}
        </button>
        <button type="button" class="button" data-testid="copy-link" onClick={() => void copyLink()}>
          {t('take.link')}
        </button>
      </div>
      <p class="hint" role="status" data-testid="take-told">
        {told.value === null ? t('take.hint') : t(`take.${told.value}`)}
      </p>
      {told.value === 'shown' && <input type="text" class="mono" readOnly aria-label={t('take.link')} value={window.location.href} onFocus={(event) => event.currentTarget.select()} />}
    </section>
  );
}
