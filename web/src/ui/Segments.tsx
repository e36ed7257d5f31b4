import type { Choice } from './Select';

interface Props {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
}

/** One of a few, side by side. */
export function Segments({ label, value, choices, onChoose }: Props) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" data-testid={`segment-${choice.value}`} aria-pressed={choice.value === value} onClick={() => onChoose(choice.value)}>
          {choice.text}
        </button>
      ))}
    </div>
  );
}
