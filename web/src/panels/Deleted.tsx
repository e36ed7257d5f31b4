import { t } from '../i18n';
import { deleted, restoreDeleted } from '../state/scenario';
import { Icon } from '../ui/Icon';

/** Says that a scenario was deleted, and brings it back if that was a mistake. */
export function Deleted() {
  const gone = deleted.value;
  if (gone === null) return null;
  return (
    <div class="toast" role="status" data-testid="deleted">
      <span>{t('whatif.deleted', { name: gone.name })}</span>
      <button type="button" class="button small" data-testid="restore" onClick={() => void restoreDeleted()}>
        {t('whatif.restore')}
      </button>
      <button type="button" class="icon-button" aria-label={t('why.close')} onClick={() => (deleted.value = null)}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
