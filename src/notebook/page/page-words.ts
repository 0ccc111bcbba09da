/** What a page says by itself, in the language of its content. */
export interface PageWords {
  readonly skip: string;
  readonly contents: string;
  readonly slides: string;
  readonly page: string;
  readonly theme: string;
  readonly system: string;
  readonly light: string;
  readonly dark: string;
  readonly previous: string;
  readonly next: string;
  readonly slide: string;
  readonly yourCode: string;
  readonly output: string;
  readonly picture: string;
  readonly tools: string;
  readonly code: string;
  readonly table: string;
  readonly dynamic: string;
  readonly private: string;
}

const english: PageWords = {
  skip: "Skip to content",
  contents: "Contents",
  slides: "Slides",
  page: "Page",
  theme: "Colours",
  system: "System",
  light: "Light",
  dark: "Dark",
  previous: "Previous slide",
  next: "Next slide",
  slide: "Slide",
  yourCode: "Room for your code",
  output: "Output",
  picture: "Picture that the code above shows",
  tools: "View",
  code: "Code",
  table: "Table",
  dynamic: "Interactive output",
  private: "For the speaker only",
};

const german: PageWords = {
  skip: "Zum Inhalt springen",
  contents: "Inhalt",
  slides: "Folien",
  page: "Seite",
  theme: "Farben",
  system: "System",
  light: "Hell",
  dark: "Dunkel",
  previous: "Vorherige Folie",
  next: "Nächste Folie",
  slide: "Folie",
  yourCode: "Platz für Ihren Code",
  output: "Ausgabe",
  picture: "Bild, das der Code darüber zeigt",
  tools: "Ansicht",
  code: "Code",
  table: "Tabelle",
  dynamic: "Interaktive Ausgabe",
  private: "Nur für Vortragende",
};

/** English where we have no words of a language. */
export function pageWords(language: string): PageWords {
  return language.split("-")[0] === "de" ? german : english;
}
