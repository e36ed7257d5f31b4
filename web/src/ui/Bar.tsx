interface Props {
  /** 0 to 1; null draws an empty bar */
  share: number | null;
  tone?: 'covered' | 'uncovered' | 'quiet';
}

/** A share as a bar; always beside its number, so hidden from screen readers. */
export function Bar({ share, tone = 'covered' }: Props) {
  const percent = Math.min(100, Math.max(0, (share ?? 0) * 100));
  return (
    <span class="bar" aria-hidden="true">
      <span class={`bar-fill ${tone}`} style={{ width: `${percent}%` }} />
    </span>
  );
}
