import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { tourStep } from '../state/help';
import { Icon } from '../ui/Icon';
import { endTour, showStep, tour } from './tour-steps';

/** Space around what a step points at, in pixels. */
const AIR = 6;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function boxOf(id: string): Box | null {
  const found = document.querySelector(`[data-testid="${id}"]`)?.getBoundingClientRect();
  return found ? { left: found.left - AIR, top: found.top - AIR, width: found.width + 2 * AIR, height: found.height + 2 * AIR } : null;
}

/** A few steps through the questions, each beside what it speaks of. The page stays usable meanwhile. */
export function Tour() {
  const n = tourStep.value;
  return n === null ? null : <Step key={n} n={n} />;
}

function Step({ n }: { n: number }) {
  const steps = tour();
  const step = steps[n];
  const [box, setBox] = useState<Box | null>(null);
  const card = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const place = () => setBox(step === undefined ? null : boxOf(step.at));
    place();
    window.addEventListener('resize', place);
    return () => window.removeEventListener('resize', place);
  }, [step]);
  useEffect(() => card.current?.focus(), []);
  if (step === undefined) return null;
  const last = n === steps.length - 1;
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') endTour();
    else if (event.key === 'ArrowRight') showStep(n + 1);
    else if (event.key === 'ArrowLeft' && n > 0) showStep(n - 1);
    else return;
    event.stopPropagation();
  };
  return (
    <>
      {box !== null && <div class="tour-ring" style={{ left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` }} aria-hidden="true" />}
      <section ref={card} class="tour" tabIndex={-1} role="dialog" aria-labelledby="tour-title" aria-describedby="tour-text" data-testid="tour" data-step={n} onKeyDown={keys}>
        <div class="dialog-head">
          <h2 id="tour-title">{t(`tour.${step.words}`)}</h2>
          <button type="button" class="icon-button" aria-label={t('tour.skip')} title={t('tour.skip')} data-testid="tour-skip" onClick={endTour}>
            <Icon name="close" size={18} />
          </button>
        </div>
        <p id="tour-text">{t(`tour.${step.words}.text`)}</p>
        <div class="tour-foot">
          <span class="hint num">{t('tour.count', { n: n + 1, all: steps.length })}</span>
          {n > 0 && (
            <button type="button" class="button small" data-testid="tour-back" onClick={() => showStep(n - 1)}>
              {t('tour.back')}
            </button>
          )}
          <button type="button" class="button small primary" data-testid="tour-next" onClick={() => showStep(n + 1)}>
            {t(last ? 'tour.done' : 'tour.next')}
          </button>
        </div>
      </section>
    </>
  );
}
