using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Objects;

public sealed class ObjectReaderTests
{
    [Fact]
    public void Read_manifest_gives_object_with_metadata()
    {
        var read = Read(
            """
            # a comment
            apiVersion: split.smi-spec.io/v1alpha4
            kind: TrafficSplit
            metadata:
              name: web.v2
              namespace: shop
              generation: 7
              creationTimestamp: "2024-05-31T11:30:00.5+02:00"
              labels: {app: web, empty: }
              annotations: {note: "1"}
            """);

        var found = Assert.Single(read.Objects);
        Assert.Empty(read.Problems);
        Assert.Equal(new ObjectKey("split.smi-spec.io", "TrafficSplit", new("shop", "web.v2")), found.Key);
        Assert.Equal("split.smi-spec.io/v1alpha4", found.ApiVersion);
        Assert.Equal(new ObjectOrigin("a.yaml", 2), found.Origin);
        Assert.Equal(["app=web", "empty="], found.Labels.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal("1", found.Annotations["note"]);
        Assert.Equal(new DateTimeOffset(2024, 5, 31, 9, 30, 0, 500, TimeSpan.Zero), found.Created);
        Assert.Equal(7, found.Generation);
        Assert.Matches("^[0-9a-f]{32}$", found.Fingerprint);
    }

    [Fact]
    public void Read_minimal_manifest_gets_default_namespace_and_core_group()
    {
        var found = Assert.Single(Read("apiVersion: v1\nkind: Service\nmetadata: {name: a, creationTimestamp: null}\n").Objects);

        Assert.Equal(new ObjectKey(string.Empty, "Service", new("standard", "a")), found.Key);
        Assert.Null(found.Created);
        Assert.Equal(0, found.Generation);
    }

    [Theory]
    [InlineData("kind: A\nmetadata: {name: a}", 1, "apiVersion", "is missing")]
    [InlineData("apiVersion: v1\nmetadata: {name: a}", 1, "kind", "is missing")]
    [InlineData("apiVersion: v1\nkind: A", 1, "metadata.name", "is missing")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  labels: {}", 4, "metadata.name", "is missing")]
    [InlineData("apiVersion: ''\nkind: A\nmetadata: {name: a}", 1, "apiVersion", "is empty")]
    [InlineData("apiVersion: a/b/c\nkind: A\nmetadata: {name: a}", 1, "apiVersion", "not an API version")]
    [InlineData("apiVersion: /v1\nkind: A\nmetadata: {name: a}", 1, "apiVersion", "not an API version")]
    [InlineData("apiVersion: 1\nkind: A\nmetadata: {name: a}", 1, "apiVersion", "read as a number")]
    [InlineData("apiVersion: v1\nkind: A-B\nmetadata: {name: a}", 2, "kind", "not a kind")]
    [InlineData("apiVersion: v1\nkind: [A]\nmetadata: {name: a}", 2, "kind", "must be a text")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: Web", 4, "metadata.name", "not a valid name")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a..b", 4, "metadata.name", "not a valid name")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: 12", 4, "metadata.name", "read as a number")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  namespace: a.b", 5, "metadata.namespace", "not a valid namespace")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  labels:\n    v: 1.0", 6, "metadata.labels[v]", "read as a number")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  labels:\n    v: {}", 6, "metadata.labels[v]", "must be a text")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  annotations: [x]", 5, "metadata.annotations", "must be an object")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  creationTimestamp: 2024-01-01", 5, "metadata.creationTimestamp", "RFC 3339")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  generation: x", 5, "metadata.generation", "whole number")]
    public void Read_fault_says_line_field_and_message(string text, int line, string field, string message)
    {
        var read = Read(text);

        Assert.Empty(read.Objects);
        var problem = Assert.Single(read.Problems);
        Assert.Equal(new ObjectOrigin("a.yaml", line), problem.Origin);
        Assert.Equal(field, problem.Field);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Fix);
    }

    [Fact]
    public void Read_all_faults_of_an_object_are_reported_and_name_it()
    {
        var read = Read("apiVersion: apps/v1\nkind: Web\nmetadata: {name: a, namespace: B, labels: {x: true}}\n");

        Assert.Equal(2, read.Problems.Length);
        Assert.All(read.Problems, problem => Assert.Equal(new ObjectKey("apps", "Web", new("B", "a")), problem.Object));
    }

    [Theory]
    [InlineData("- a\n", "a list")]
    [InlineData("text\n", "a single value")]
    public void Read_document_that_is_no_object_is_reported(string text, string shown) =>
        Assert.Contains(shown, Assert.Single(Read(text).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_duplicate_key_makes_object_unusable_and_names_it()
    {
        var read = Read("apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: 1\nspec: 2\n");

        Assert.Empty(read.Objects);
        var problem = Assert.Single(read.Problems);
        Assert.Equal("a.yaml:5: A standard/a: spec: the key 'spec' is written twice, first in line 4. Keep one of the two.", problem.ToString());
    }

    [Fact]
    public void Read_list_is_unpacked_and_a_bad_item_does_not_lose_the_others()
    {
        var read = Read(
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: A
              metadata: {name: one}
            - apiVersion: v1
              kind: A
              metadata: {name: Two}
            - just text
            - apiVersion: v1
              kind: List
              items:
              - apiVersion: v1
                kind: A
                metadata: {name: three}
            """);

        Assert.Equal(["one", "three"], read.Objects.Select(found => found.Key.Name.Name));
        Assert.Equal([4, 14], read.Objects.Select(found => found.Origin.Line));
        Assert.Equal(["items[2]", "items[1].metadata.name"], read.Problems.Select(problem => problem.Field));
        Assert.Equal([10, 9], read.Problems.Select(problem => problem.Origin.Line));
    }

    [Fact]
    public void Read_typed_list_lends_its_kind_to_items()
    {
        var read = Read("apiVersion: apps/v1\nkind: WebList\nitems:\n- metadata: {name: a}\n- {kind: B, apiVersion: v1, metadata: {name: b}}\n");

        Assert.Equal(["Web", "B"], read.Objects.Select(found => found.Key.Kind));
        Assert.Equal(["apps", ""], read.Objects.Select(found => found.Key.Group));
    }

    [Theory]
    [InlineData("kind: List\nitems: null\n", 0, 0)]
    [InlineData("kind: List\nitems: []\n", 0, 0)]
    [InlineData("kind: List\n", 0, 1)]
    [InlineData("kind: AList\nitems: {}\n", 0, 1)]
    [InlineData("kind: AllowList\napiVersion: v1\nmetadata: {name: a}\n", 1, 0)]
    public void Read_list_without_items(string text, int objects, int problems)
    {
        var read = Read(text);

        Assert.Equal((objects, problems), (read.Objects.Length, read.Problems.Length));
    }

    private static ObjectReading Read(string text) =>
        ObjectReader.Read(Assert.Single(DocumentReader.Read(text, DocumentSyntax.Yaml)), "a.yaml", "standard");
}
