// Analyses KQL as the query editors do, without a workspace: node tests/npm/kql.mjs WORK.json
// WORK.json: {"tables": {name: {column: type}}, "functions": [{name, parameters, body}], "queries": [{name, text}]}
// Prints one JSON array, in the order of the queries: {"name", "faults": ["code @line:column message"], "columns": {name: type}}
// NODE_PATH names the folder of packages.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
  const path = `${process.env.NODE_PATH}/@kusto/language-service-next/${file}`;
  vm.runInThisContext(readFileSync(path, 'utf8'), { filename: path });
}
const { Kusto: { Language }, System } = globalThis;
const { Symbols } = Language;

const work = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const quoted = name => /^[A-Za-z_]\w*$/.test(name) ? name : `['${name}']`;
const schemaOf = columns => `(${Object.entries(columns).map(([name, type]) => `${quoted(name)}:${type}`).join(',')})`;
const listOf = (items, type) => System.Linq.Enumerable.from(items, type).ToArray(type);

const symbols = [
  ...Object.entries(work.tables).map(([name, columns]) => new Symbols.TableSymbol.$ctor7(name, schemaOf(columns), null)),
  ...work.functions.map(({ name, parameters, body }) => new Symbols.FunctionSymbol.$ctor16(name, `(${parameters})`, `{\n${body}\n}`, null)),
];
const database = new Symbols.DatabaseSymbol.ctor('workspace', System.Array.init(symbols, Symbols.Symbol));
const globals = Language.GlobalState.Default.WithDatabase(database);

function analyse({ name, text }) {
  const code = Language.KustoCode.ParseAndAnalyze(text, globals);
  const faults = listOf(code.GetDiagnostics(), Language.Diagnostic).map(fault => {
    const line = { v: 0 }, column = { v: 0 };
    code.TryGetLineAndOffset(fault.Start, line, column);
    return `${fault.Severity} ${fault.Code} @${line.v}:${column.v} ${fault.Message}`;
  });
  const columns = code.ResultType?.Columns ? listOf(code.ResultType.Columns, Symbols.ColumnSymbol) : [];
  return { name, faults, columns: Object.fromEntries(columns.map(column => [column.Name, column.Type.Name])) };
}

console.log(JSON.stringify(work.queries.map(analyse)));
