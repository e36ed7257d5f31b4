import type { Study } from '../../api/types';
import { place as placeText } from '../../format';
import { nameOf, t } from '../../i18n';
import { ask, closeInspection, pin, query } from '../../state/app';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';
import { ReachTable } from './ReachTable';

/** How far one walks from a place, and who lives there. */
export function ReachPanel({ study }: { study: Study }) {
  const place = pin.value;
  return (
    <div class="stack">
      <Select
        id="reach-profile"
        label={t('control.profile')}
        value={query.value?.profile ?? ''}
        choices={study.profiles.map((p) => ({ value: p.id, text: nameOf(p) }))}
        onChoose={(id) => ask({ profile: id })}
      />
      {place === null ? (
        <div class="invite" data-testid="reach-invite">
          <Icon name="pin" size={28} />
          <p>{t('reach.invite')}</p>
          <p class="hint">{t('reach.inviteKeys')}</p>
        </div>
      ) : (
        <>
          <p class="from" data-testid="reach-from">
            <Icon name="pin" size={18} />
            <span>
              {t('reach.from')} <span class="num">{placeText(place)}</span>
            </span>
            <button type="button" class="button small" data-testid="reach-clear" onClick={closeInspection}>
              {t('reach.clear')}
            </button>
          </p>
          <ReachTable study={study} />
        </>
      )}
    </div>
  );
}
