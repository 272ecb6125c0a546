using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>How a text is to be read.</summary>
public enum DocumentSyntax
{
    /// <summary>YAML 1.2 with any number of documents; a document that is valid JSON is read as JSON.</summary>
    Yaml,

    /// <summary>JSON, one or more values one after another.</summary>
    Json,
}

/// <summary>One document of a text. Documents without content are not reported at all.</summary>
/// <param name="Line">The line of the document's content, from 1.</param>
/// <param name="Root">The document; null when it could not be read, and then there are problems.</param>
/// <param name="Problems">What is wrong with it, in the order found; empty for a document that may be used.</param>
public sealed record ReadDocument(int Line, DocumentNode? Root, ImmutableArray<NodeProblem> Problems);
