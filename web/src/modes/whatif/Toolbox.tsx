import { nameOf, t } from '../../i18n';
import { chosenFunction } from '../../state/app';
import { working } from '../../state/scenario';
import { Icon, type IconName } from '../../ui/Icon';
import { dragged, obstacle, palette, sentBack } from './drag';
import { firstSide, takeUp, tool, TOOLS, type Tool } from './tools';

const ICONS: Record<Tool, IconName> = { add: 'plus', gate: 'gate', street: 'block' };

/** What can be done to the map. The first one can also be pulled onto it. */
export function Toolbox() {
  return (
    <section aria-label={t('whatif.tools')}>
      <div class="toolbox" role="group" aria-label={t('whatif.tools')}>
        {TOOLS.map((id) => (
          <button
            key={id}
            type="button"
            class="tool"
            data-testid={`tool-${id}`}
            aria-pressed={tool.value === id}
            {...(id === 'add' ? palette : {})}
            onClick={() => {
              if (dragged.peek() === null) takeUp(id);
            }}
          >
            <Icon name={ICONS[id]} size={20} />
            <span>{t(`tool.${id}`)}</span>
          </button>
        ))}
      </div>
      <p class="hint tool-hint" role="status" data-testid="tool-hint">
        {working.value > 0 ? t('whatif.working') : hint()}
      </p>
    </section>
  );
}

function hint(): string {
  if (obstacle.value !== null) return t('whatif.noStreet', { m: obstacle.value.limit_m });
  if (sentBack.value !== null && tool.value === null) return t('whatif.sentBack', { m: sentBack.value.limit_m });
  switch (tool.value) {
    case 'add':
      return t('whatif.hint.add', { function: chosenFunction.value ? nameOf(chosenFunction.value) : '' });
    case 'gate':
      return t(firstSide.value === null ? 'whatif.hint.gate1' : 'whatif.hint.gate2');
    case 'street':
      return t('whatif.hint.street');
    case null:
      return t('whatif.hint.none');
  }
}
