// What a site is called when it has no name of its own.

interface Nameless {
  id: string;
  name: string;
  street?: string | null;
  zone?: string | null;
}

/** Name, else street, else the zone it lies in, else its id. */
export function placeName({ name, street, zone, id }: Nameless): string {
  return (name === id ? '' : name) || street || zone || id;
}
