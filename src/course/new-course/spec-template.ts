/** `course.yaml` of a new course: everything it may say, with what it means. */
export function specTemplate(name: string): string {
  return `# yaml-language-server: $schema=./course.schema.json
#
# What the course is made of. Build it with: clx build course.yaml

# One text for all languages, or one for each.
name:
  de: ${JSON.stringify(name)}
  en: ${JSON.stringify(name)}

# Of its notebooks: python, cpp, csharp, java, typescript or rust.
prog-lang: python

# Of its texts; cells say lang="de" or lang="en" when they are for one alone.
languages: [de, en]

# Both are shown at the head of each notebook.
# author: Ada Lovelace
# organisation: { de: Akademie, en: Academy }

# A picture for the head of each notebook, from this folder.
# logo: logo.svg

# How many seconds a cell may run.
# cell-timeout: 60

# A topic is a folder or a file below slides/, without its number:
# "temperatures" is slides/module_100_first_steps/topic_100_temperatures.
sections:
  - name: { de: Erste Schritte, en: First Steps }
    topics:
      - temperatures
      # - { id: another_topic, html: false } # no pages of this one

# Folders that are copied into each output as they are.
# folders:
#   - { name: Handouts, path: handouts }

# Where outputs go, and who gets what. Without this everything goes to output/.
targets:
  - name: students
    path: output/students
    kinds: [code-along, completed]
  - name: speaker
    path: output/speaker
    kinds: [speaker]
    formats: [html, notebook]
`;
}
