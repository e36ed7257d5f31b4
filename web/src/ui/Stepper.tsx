import { t } from '../i18n';
import { Icon } from './Icon';

interface Props {
  id: string;
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  unit?: string;
  onChange: (value: number) => void;
}

/** A whole number between bounds: typed, or by its two buttons. */
export function Stepper({ id, label, value, min, max, step = 1, unit, onChange }: Props) {
  const put = (next: number) => onChange(Math.min(max, Math.max(min, Math.round(next))));
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {unit === undefined ? label : `${label} (${unit})`}
      </label>
      <span class="stepper">
        <button type="button" tabIndex={-1} aria-label={t('stepper.less', { label })} disabled={value <= min} onClick={() => put(value - step)}>
          <Icon name="minus" size={16} />
        </button>
        <input
          id={id}
          data-testid={id}
          type="number"
          class="num"
          min={min}
          max={max}
          step="1"
          value={value}
          onChange={(event) => {
            const next = event.currentTarget.valueAsNumber;
            if (Number.isFinite(next)) put(next);
            event.currentTarget.value = String(Number.isFinite(next) ? Math.min(max, Math.max(min, Math.round(next))) : value);
          }}
        />
        <button type="button" tabIndex={-1} aria-label={t('stepper.more', { label })} disabled={value >= max} onClick={() => put(value + step)}>
          <Icon name="plus" size={16} />
        </button>
      </span>
    </div>
  );
}
