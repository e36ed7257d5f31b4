// Parts of the page that the first screen does without: they come when somebody asks for them, or when there is time.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { t } from '../i18n';
import { Notice } from './Notice';

const OFFLINE = { kind: 'offline', title: '', detail: '', status: null } as const;
const rest: (() => Promise<void>)[] = [];

/** A component in a file of its own; until it is here a line says so, and where it does not come one can ask again. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const here = signal<{ Part: ComponentType<P> } | null>(null);
  const failed = signal(false);
  let asking: Promise<void> | null = null;
  const ask = () =>
    (asking ??= load().then(
      (Part) => void (here.value = { Part }),
      () => {
        asking = null;
        failed.value = true;
      },
    ));
  const again = () => {
    failed.value = false;
    void ask();
  };
  rest.push(ask);
  return function Later(props: P) {
    const found = here.value;
    if (found !== null) return <found.Part {...props} />;
    if (failed.value) return <Notice problem={OFFLINE} onRetry={again} />;
    void ask();
    return (
      <p class="hint" role="status">
        {t('app.loading')}
      </p>
    );
  };
}

/** Brings all that is not here yet, one after the other, when the browser has nothing else to do. */
export function bringRest(): void {
  const idle = window.requestIdleCallback ?? ((work: () => void) => window.setTimeout(work, 200));
  const next = rest.shift();
  if (next !== undefined) idle(() => void next().then(bringRest));
}
