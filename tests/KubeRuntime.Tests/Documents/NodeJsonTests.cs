using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Tests.Documents;

public sealed class NodeJsonTests
{
    [Fact]
    public void ToJsonNode_keeps_kinds_values_and_the_order_of_keys()
    {
        var node = NodeJson.ToJsonNode(Read("""
            z: text
            a: [1, -2, 0.5, true, False, null, '1', "true"]
            empty: {}
            none: []
            nothing:
            inf: .inf
            """));

        Assert.Equal(
            """{"z":"text","a":[1,-2,0.5,true,false,null,"1","true"],"empty":{},"none":[],"nothing":null,"inf":".inf"}""",
            node!.ToJsonString());
    }

    [Fact]
    public void ToJsonNode_makes_a_tree_of_its_own_each_time()
    {
        var document = Read("a: {b: c}");

        var first = NodeJson.ToJsonNode(document)!;
        first["a"]!["b"] = "changed";

        Assert.Equal("""{"a":{"b":"c"}}""", NodeJson.ToJsonNode(document)!.ToJsonString());
    }

    [Fact]
    public void ToJsonNode_says_what_Canonical_says()
    {
        var document = Read("b: [1.50, {d: x, c: 1e3}]\na: 12345678901234567890");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(NodeJson.Canonical(document)), NodeJson.ToJsonNode(document)));
    }

    private static DocumentNode Read(string yaml) => Assert.Single(DocumentReader.Read(yaml, DocumentSyntax.Yaml)).Root!;
}
