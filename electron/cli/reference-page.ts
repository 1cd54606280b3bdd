// Generates docs/reference/command-line.md from the definitions of the commands and their options.
import { defaultText, type Option, rangeText } from '../../shared/domain/option.ts'
import type { CliCommand } from './command.ts'
import { commands, nameOf, usageOf } from './command-line.ts'
import { exitCodeHelp } from './exit-code.ts'

export function referencePage(): string {
  return [
    '# Command line',
    'Generated from the definitions by `npm run generate`; do not edit.',
    'In a clone, write `npm run enginebench -- COMMAND`; installed, `enginebench COMMAND`. A value follows its option after a space or `=`. In `[brackets]` it can be left out. Lists are separated by commas. Errors name every option that is wrong, with its range, before anything starts; an option that does not apply is refused.',
    `Commands: ${commands.map((command) => `[${nameOf(command)}](#${nameOf(command)})`).join(', ')}`,
    ...commands.map(commandSection),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      exitCodeHelp.split('\n').map((line) => {
        const [code = '', ...words] = line.split(/\s+/)
        return [`\`${code}\``, words.join(' ')]
      }),
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

function commandSection(command: CliCommand): string {
  const { usage, description, options, examples } = command
  return [
    `## ${nameOf(command)}`,
    `${description}.`,
    `\`\`\`\nenginebench ${usage} [options]\n\`\`\``,
    table(
      ['Option', 'Meaning', 'Values', 'Default'],
      Object.values(options).map((option: Option) => [
        `\`${usageOf(option)}\``,
        option.description,
        rangeText(option) ?? '',
        defaultText(option) ?? '',
      ]),
    ),
    `Examples:`,
    `\`\`\`\n${examples.join('\n')}\n\`\`\``,
  ].join('\n\n')
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
