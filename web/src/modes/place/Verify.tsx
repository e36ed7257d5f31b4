import { t } from '../../i18n';
import { checking, checks, verify } from '../../state/place';
import { Icon } from '../../ui/Icon';

/** Has the proof checked again by code that shares nothing with the search. */
export function Verify() {
  const found = checks.value;
  return (
    <section>
      <h3>{t('verify.title')}</h3>
      {found === null ? (
        <>
          <p class="hint">{t('verify.hint')}</p>
          <button type="button" class="button" data-testid="plan-verify" disabled={checking.value} onClick={() => void verify()}>
            {t(checking.value ? 'verify.working' : 'verify.button')}
          </button>
        </>
      ) : (
        <div data-testid="plan-verified" data-valid={found.valid} role="status">
          <p class={found.valid ? 'verified' : 'over'}>{t(found.valid ? 'verify.valid' : 'verify.invalid')}</p>
          {found.reason && <p class="hint">{found.reason}</p>}
          <ul class="rules">
            {found.checks.map(({ holds, text }) => (
              <li key={text} class={holds ? 'met' : 'failing'}>
                <span class="rule-mark" role="img" aria-label={t(holds ? 'verify.holds' : 'verify.fails')}>
                  <Icon name={holds ? 'check' : 'cross'} size={14} />
                </span>
                <span>{text}</span>
              </li>
            ))}
          </ul>
          {found.not_checked.length > 0 && (
            <details class="hint">
              <summary>{t('verify.not_checked')}</summary>
              <ul>
                {found.not_checked.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
    </section>
  );
}
