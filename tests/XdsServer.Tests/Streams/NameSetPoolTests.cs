using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class NameSetPoolTests
{
    private readonly NameSetPool _pool = new();

    [Fact]
    public void Intern_EqualSets_OneInstance()
    {
        var first = _pool.Intern(NameSet.Of(["a", "b"]));

        Assert.Same(first, _pool.Intern(NameSet.Of(["b", "a"])));
        Assert.NotSame(first, _pool.Intern(NameSet.Of(["a"])));
        Assert.Same(NameSet.Empty, _pool.Intern(NameSet.Of([])));
    }

    [Fact]
    public void Intern_SetsThatNobodyUses_AreReplaced()
    {
        for (var i = 0; i < 2000; i++)
        {
            _pool.Intern(NameSet.Of([$"name-{i}"]));
            if (i % 500 == 0)
            {
                GC.Collect();
            }
        }

        Assert.Equal("name-1", _pool.Intern(NameSet.Of(["name-1"])).ToString());
    }

    [Fact]
    public async Task Intern_FromManyThreads_OneInstance()
    {
        var sets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Enumerable.Range(0, 100).Select(i => _pool.Intern(NameSet.Of([$"name-{i}", "x"]))).ToArray(),
            TestContext.Current.CancellationToken)));

        Assert.All(Enumerable.Range(0, 100), i => Assert.Single(sets.Select(set => set[i]).Distinct(ReferenceEqualityComparer.Instance)));
    }
}
