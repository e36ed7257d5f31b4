import type { Problem } from '../api/client';
import { t } from '../i18n';
import { Icon } from './Icon';

interface Props {
  problem: Problem;
  title?: string;
  /** Words on the button. */
  retry?: string;
  onRetry: () => void;
}

/** An error as the server told it, or that it did not answer, with a way to try again. */
export function Notice({ problem, title, retry, onRetry }: Props) {
  const offline = problem.kind === 'offline';
  return (
    <div class="notice" role="alert" data-testid={offline ? 'notice-offline' : 'notice-error'}>
      <Icon name="alert" />
      <div>
        <strong>{offline ? t('offline.title') : (title ?? t('error.title'))}</strong>
        <p>{offline ? t('offline.detail') : [problem.title, problem.detail].filter((text) => text !== '').join(': ')}</p>
        <button type="button" class="button" onClick={onRetry}>
          {retry ?? t('error.retry')}
        </button>
      </div>
    </div>
  );
}
