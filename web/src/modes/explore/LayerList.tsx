import { t } from '../../i18n';
import { hidden, toggleLayer } from '../../state/app';
import type { LayerId } from '../../state/url';

const SHOWN = ['streets', 'demand', 'facilities', 'zones', 'buildings'] as const satisfies readonly LayerId[];

/** What the map shows, as switches. */
export function LayerList() {
  return (
    <section>
      <h2>{t('layer.title')}</h2>
      <div class="switches">
        {SHOWN.map((id) => (
          <label key={id} class="switch">
            <span>{t(`layer.${id}`)}</span>
            <input type="checkbox" role="switch" data-testid={`layer-${id}`} checked={!hidden.value.includes(id)} onChange={() => toggleLayer(id)} />
          </label>
        ))}
      </div>
    </section>
  );
}
