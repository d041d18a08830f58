import { explorerPlugin } from "@graphiql/plugin-explorer";
import { StarIcon, ToolbarButton, ToolbarMenu, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, type FC } from "react";
import { createRoot } from "react-dom/client";
import { nameOf, readExamples, readLinkedExample, type Example } from "./examples";
import { fetcher } from "./fetcher";
import { readStoredTab, storage } from "./storage";

// Monaco's language services run in workers: files of our own origin beside this script, as the page's policy demands.
self.MonacoEnvironment = {
  getWorker(_workerId: string, label: string): Worker {
    const name = label === "graphql" || label === "json" ? label : "editor";
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { name: label });
  },
};

const address = new URLSearchParams(location.search);
const examples = readExamples();
const linked = readLinkedExample(address);
const plugins = [explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];

/** Opens an example in a tab of its own: for those who closed or changed theirs. */
const ExamplesMenu: FC = () => {
  const { addTab } = useGraphiQLActions();
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({ queryEditor, variableEditor }));
  const open = (example: Example): void => {
    addTab();
    variableEditor?.setValue(example.variables);
    queryEditor?.setValue(example.query);
  };
  const button = (
    <ToolbarButton label="Open an example in a new tab">
      <StarIcon className="graphiql-toolbar-icon" aria-hidden="true" />
    </ToolbarButton>
  );
  return (
    <ToolbarMenu button={button}>
      {examples.map((example) => (
        <ToolbarMenu.Item key={example.query} onSelect={() => open(example)}>
          {nameOf(example)}
        </ToolbarMenu.Item>
      ))}
    </ToolbarMenu>
  );
};

/** Chooses the operation that the address names, once the editor knows the operations of its document. */
const LinkedOperationName: FC<{ name: string }> = ({ name }) => {
  const { setOperationName } = useGraphiQLActions();
  const isKnown = useGraphiQL(({ operations }) => operations?.some((operation) => operation.name?.value === name) ?? false);
  useEffect(() => {
    if (isKnown) setOperationName(name);
  }, [isKnown, name, setOperationName]);
  return null;
};

const Page: FC = () => {
  const shown = linked ?? readStoredTab() ?? examples[0];
  const operationName = linked && address.get("operationName");
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={plugins}
      defaultTabs={linked ? [linked, ...examples] : [...examples]}
      defaultEditorToolsVisibility="variables"
      {...(shown && { initialQuery: shown.query, initialVariables: shown.variables })}
    >
      <GraphiQL.Toolbar>
        {({ prettify, copy, merge }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <ExamplesMenu />
            {operationName && <LinkedOperationName name={operationName} />}
          </>
        )}
      </GraphiQL.Toolbar>
      <GraphiQL.Logo>
        <a href="./" className="graphiql-logo-link">
          Zeren
        </a>
      </GraphiQL.Logo>
    </GraphiQL>
  );
};

const root = document.getElementById("graphiql");
if (!root) throw new Error("The page has no element #graphiql");
createRoot(root).render(<Page />);
