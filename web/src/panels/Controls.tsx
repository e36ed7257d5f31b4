import { signal } from '@preact/signals';
import type { Named, Study } from '../api/types';
import { count } from '../format';
import { nameOf, t } from '../i18n';
import { bands, PALETTES, type Theme } from '../palette';
import { ask, chosenFunction, chosenGroup, chosenProfile, query } from '../state/app';
import { compositeShown, needed } from '../state/composite';
import { language, theme } from '../state/settings';
import { clampCutoff, CUTOFF_MAX, CUTOFF_MIN } from '../state/url';
import { Icon } from '../ui/Icon';
import { Select } from '../ui/Select';

const TICKS_MIN = [5, 10, 15, 30, 45, 60];

const unfolded = signal(false);

/** The question in one line, to be opened where the answer needs the room. */
export function FoldedControls({ study }: { study: Study }) {
  const asked = query.value;
  if (asked === null) return null;
  const said = (thing: Named | null) => (thing ? nameOf(thing) : '');
  const service = compositeShown.value ? t('missing.several', { n: needed.value }) : said(chosenFunction.value);
  return (
    <div class="question">
      <button type="button" class="question-line" data-testid="question" aria-expanded={unfolded.value} aria-controls="question-controls" onClick={() => (unfolded.value = !unfolded.peek())}>
        <span>
          <strong>{service}</strong>
          <span class="hint">
            {said(chosenProfile.value)} · {said(chosenGroup.value)} · {t('cutoff.value', { n: asked.cutoff_min })}
          </span>
        </span>
        <Icon name={unfolded.value ? 'up' : 'down'} size={16} />
      </button>
      <div id="question-controls" hidden={!unfolded.value}>
        {unfolded.value && <Controls study={study} />}
      </div>
    </div>
  );
}

export function Controls({ study }: { study: Study }) {
  const asked = query.value;
  if (asked === null) return null;
  return (
    <section class="controls" aria-label={t('control.label')}>
      {!compositeShown.value && (
        <Select
          id="function"
          label={t('control.function')}
          value={asked.function}
          choices={study.functions.map((f) => ({ value: f.id, text: t('control.facilities', { name: nameOf(f), n: count(f.facilities, language.value) }) }))}
          onChoose={(id) => ask({ function: id })}
        />
      )}
      <div class="pair">
        <Select
          id="profile"
          label={t('control.profile')}
          value={asked.profile}
          choices={study.profiles.map((p) => ({ value: p.id, text: nameOf(p) }))}
          onChoose={(id) => ask({ profile: id })}
        />
        <Select
          id="group"
          label={t('control.group')}
          value={asked.group}
          choices={study.groups.map((g) => ({ value: g.id, text: g.estimated ? t('control.estimated', { name: nameOf(g) }) : nameOf(g) }))}
          onChoose={(id) => ask({ group: id })}
        />
      </div>
      <CutoffSlider value={asked.cutoff_min} />
    </section>
  );
}

const position = (min: number) => ((min - CUTOFF_MIN) / (CUTOFF_MAX - CUTOFF_MIN)) * 100;

/** The slider's track in the colors of the map. The thumb's middle runs half its width inside either end. */
function trackFill(cutoffMin: number, shown: Theme): string {
  const at = (min: number) => `calc(11px + (100% - 22px) * ${(position(min) / 100).toFixed(4)})`;
  const stops = bands(cutoffMin, PALETTES[shown]).map(({ fromMin, toMin, color }) => `${color} ${fromMin === 0 ? '0' : at(fromMin)} ${at(toMin)}`);
  return `linear-gradient(to right, ${stops.join(', ')}, var(--track) ${at(cutoffMin)} 100%)`;
}

function CutoffSlider({ value }: { value: number }) {
  const track = trackFill(value, theme.value);
  return (
    <div class="slider">
      <div class="slider-head">
        <label class="field-label" for="cutoff">
          {t('control.cutoff')}
        </label>
        <output class="slider-value" for="cutoff" data-testid="cutoff-value">
          <strong class="num">{value}</strong> {t('unit.min')}
        </output>
      </div>
      <input
        id="cutoff"
        data-testid="cutoff"
        type="range"
        min={CUTOFF_MIN}
        max={CUTOFF_MAX}
        step={1}
        value={value}
        aria-valuetext={t('cutoff.value', { n: value })}
        style={{ '--track-fill': track }}
        onInput={(event) => ask({ cutoff_min: clampCutoff(event.currentTarget.valueAsNumber) })}
      />
      <div class="ticks" aria-hidden="true">
        {TICKS_MIN.map((min) => (
          <button key={min} type="button" tabIndex={-1} class={min === value ? 'on' : ''} style={{ left: `${position(min)}%` }} onClick={() => ask({ cutoff_min: min })}>
            {min}
          </button>
        ))}
      </div>
    </div>
  );
}
