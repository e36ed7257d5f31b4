// What the page reads is what the server's own description promises. Types only: `npm run check` fails here when they part.
import type * as OurScenarios from './scenario-types';
import type * as Ours from './types';
import type * as Theirs from './schema.gen';

/** Our type as the description can say it: any text for a choice of words, a list for a pair of degrees. */
type Loose<T> = T extends string ? string : T extends readonly (infer Item)[] ? Loose<Item>[] : T extends object ? { [Key in keyof T]: Loose<T[Key]> } : T;
/** True where every answer the server may give can be read as our type. */
type Agrees<Ours, Theirs> = [Loose<Theirs>] extends [Loose<Ours>] ? true : { server: Theirs; page: Ours };
const agree = <Check extends true>(check?: Check): Check | undefined => check;

agree<Agrees<Ours.Library, Theirs.Library>>();
agree<Agrees<Ours.Study, Theirs.Study>>();
agree<Agrees<Ours.Coverage, Theirs.Coverage>>();
agree<Agrees<Ours.GapProperties, Theirs.GapProperties>>();
agree<Agrees<Ours.ZoneProperties, Theirs.ZoneProperties>>();
agree<Agrees<Ours.FacilityProperties, Theirs.FacilityProperties>>();
agree<Agrees<Ours.Why, Theirs.Why>>();
agree<Agrees<Ours.RouteProperties, Theirs.RouteProperties>>();
agree<Agrees<Ours.ReachProperties, Theirs.ReachProperties>>();
agree<Agrees<Ours.Job, Theirs.Job>>();
agree<Agrees<{ results: Ours.SearchHit[] }, Theirs.Found>>();
agree<Agrees<Ours.Gain, Theirs.Gain>>();
agree<Agrees<Ours.Composite, Theirs.CompositeCoverage>>();
agree<Agrees<Ours.Comparison, Theirs.Comparison>>();
agree<Agrees<Ours.Difference['features'][number]['properties'], Theirs.ComparedPoint>>();
agree<Agrees<Omit<OurScenarios.Effect, 'streets' | 'homes'>, Theirs.Effect>>();
agree<Agrees<Omit<OurScenarios.Scenario, 'edits'>, Omit<Theirs.Scenario, 'edits'>>>();
agree<Agrees<{ scenarios: OurScenarios.ScenarioHead[] }, Theirs.ScenarioList>>();
agree<Agrees<Omit<OurScenarios.HistoryEntry, 'edit'>, Omit<Theirs.HistoryRow, 'edit'>>>();
