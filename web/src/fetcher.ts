import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";

/** Asks the service that served this page: GraphQL over HTTP, and nobody else. */
export const fetcher: Fetcher = async (parameters, options) => {
  const response = await fetch(location.pathname, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      ...options?.headers,
    },
    body: JSON.stringify(withoutStaleName(parameters)),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status} ${response.statusText}, and not in JSON: ${text.slice(0, 500)}`);
  }
};

/**
 * GraphiQL learns the name of the operation a moment after the editor's text changed: who switches tabs and runs at once
 * would send the name of the tab before. The only operation of a document needs no name.
 */
function withoutStaleName(parameters: FetcherParams): FetcherParams {
  const { operationName, ...others } = parameters;
  try {
    const operations = parse(parameters.query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? others : parameters;
  } catch {
    return parameters; // not ours to judge: the server says what is wrong
  }
}
