export interface Choice {
  value: string;
  text: string;
}

interface Props {
  id: string;
  label: string;
  value: string;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
}

/** A labelled native picker: the platform brings keyboard, touch and screen-reader behavior. */
export function Select({ id, label, value, choices, onChoose }: Props) {
  return (
    <label class="field" for={id}>
      <span class="field-label">{label}</span>
      <select id={id} data-testid={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.text}
          </option>
        ))}
      </select>
    </label>
  );
}
