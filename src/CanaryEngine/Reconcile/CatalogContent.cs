using System.Collections.Immutable;
using System.Text;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// The engine's objects of a source at one moment. Immutable; made from the one before, so that what did not change is kept.
/// </summary>
internal sealed record CatalogContent
{
    /// <summary>Nothing.</summary>
    public static CatalogContent Empty { get; } = new();

    /// <summary>The canaries.</summary>
    public ImmutableSortedDictionary<NamespacedName, CatalogEntry> Canaries { get; private init; } =
        ImmutableSortedDictionary<NamespacedName, CatalogEntry>.Empty;

    /// <summary>The MetricTemplates.</summary>
    public ImmutableDictionary<NamespacedName, MetricTemplateSpec> Templates { get; private init; } =
        ImmutableDictionary<NamespacedName, MetricTemplateSpec>.Empty;

    /// <summary>The AlertProviders.</summary>
    public ImmutableDictionary<NamespacedName, AlertProviderSpec> Providers { get; private init; } =
        ImmutableDictionary<NamespacedName, AlertProviderSpec>.Empty;

    /// <summary>The objects that it was read from.</summary>
    public ObjectSet Objects { get; private init; } = ObjectSet.Empty;

    /// <summary>Everything that is wrong with the engine's objects.</summary>
    public ImmutableArray<ObjectProblem> Problems { get; private init; } = [];

    private ImmutableDictionary<SourceObject, Mapped<CanarySpec>> Mapped { get; init; } =
        ImmutableDictionary.Create<SourceObject, Mapped<CanarySpec>>(ReferenceEqualityComparer.Instance);

    private ImmutableDictionary<NamespacedName, SourceObject> Latest { get; init; } =
        ImmutableDictionary<NamespacedName, SourceObject>.Empty;

    /// <summary>Reads a set.</summary>
    /// <param name="objects">The manifests.</param>
    /// <param name="options">What they are read for.</param>
    public CatalogContent Read(ObjectSet objects, MapperOptions options)
    {
        var own = objects.Objects.Values.Where(item => item.Key.Group == CanaryKinds.Group).ToList();
        var templates = own.Where(item => item.Key.Kind == CanaryKinds.MetricTemplate)
            .Select(item => MetricTemplateMapper.Map(item, options)).ToList();
        var providers = own.Where(item => item.Key.Kind == CanaryKinds.AlertProvider)
            .Select(item => AlertProviderMapper.Map(item, options)).ToList();
        var mapped = own.Where(item => item.Key.Kind == CanaryKinds.Canary).ToImmutableDictionary(
            item => item,
            item => KnownOf(item) ?? CanaryMapper.Map(item, options),
            (IEqualityComparer<SourceObject>)ReferenceEqualityComparer.Instance);
        var entries = mapped.ToImmutableSortedDictionary(
            pair => pair.Key.Key.Name,
            pair => new CatalogEntry(
                pair.Value.Value ?? LastGoodOf(pair.Key),
                pair.Value.Faults.Items,
                IsBeingDeleted(pair.Key)));
        return this with
        {
            Canaries = WithoutRivals(entries, mapped).SetItems(Gone(entries)),
            Latest = mapped.Keys.ToImmutableDictionary(item => item.Key.Name),
            Templates = templates.Select(item => item.Value).OfType<MetricTemplateSpec>().ToImmutableDictionary(item => item.Key),
            Providers = providers.Select(item => item.Value).OfType<AlertProviderSpec>().ToImmutableDictionary(item => item.Key),
            Objects = objects,
            Mapped = mapped,
            Problems =
            [
                .. options.Standalone ? Hidden(entries, objects) : [],
                .. mapped.Values.SelectMany(item => item.Faults.Items),
                .. templates.SelectMany(item => item.Faults.Items),
                .. providers.SelectMany(item => item.Faults.Items),
                .. objects.Objects.Values.Select(CanaryKinds.Refuse).OfType<ObjectProblem>(),
            ],
        };
    }

    /// <summary>Without a canary that was deleted.</summary>
    /// <param name="key">Its name.</param>
    public CatalogContent Without(NamespacedName key) =>
        Canaries.GetValueOrDefault(key) is { IsDeleted: true } ? this with { Canaries = Canaries.Remove(key) } : this;

    /// <summary>Finds a Secret's values; those under <c>stringData</c> count before those under <c>data</c>.</summary>
    /// <param name="objects">Where.</param>
    /// <param name="name">Its name.</param>
    public static ImmutableDictionary<string, string>? FindSecret(ObjectSet objects, NamespacedName name)
    {
        if (!objects.Objects.TryGetValue(new ObjectKey(string.Empty, "Secret", name), out var secret))
        {
            return null;
        }

        return Values(secret, "data").Select(pair => KeyValuePair.Create(pair.Key, Decoded(pair.Value)))
            .Concat(Values(secret, "stringData"))
            .Aggregate(ImmutableDictionary<string, string>.Empty, (all, pair) => all.SetItem(pair.Key, pair.Value));
    }

    // What an API server counts as one generation of one object says the same, whatever its status is by now.
    private Mapped<CanarySpec>? KnownOf(SourceObject item)
    {
        if (Mapped.TryGetValue(item, out var known))
        {
            return known;
        }

        var before = item.Generation > 0 ? Latest.GetValueOrDefault(item.Key.Name) : null;
        var isSame = before is not null && before.Generation == item.Generation && before.ApiVersion == item.ApiVersion
            && Metadata(item, "uid") is { Length: > 0 } uid && Metadata(before, "uid") == uid;
        return isSame ? Mapped[before!] : null;
    }

    // Of another object that had the name before nothing is left.
    private CanarySpec? LastGoodOf(SourceObject item) =>
        Canaries.GetValueOrDefault(item.Key.Name)?.Spec is { } spec && spec.Uid == (Metadata(item, "uid") ?? string.Empty) ? spec : null;

    private static bool IsBeingDeleted(SourceObject item) => Metadata(item, "deletionTimestamp") is { Length: > 0 };

    private static string? Metadata(SourceObject item, string field) =>
        ((item.Root.Find("metadata") as MappingNode)?.Find(field) as ScalarNode)?.Text;

    private static bool HasServed(SourceObject item) =>
        ((item.Root.Find("status") as MappingNode)?.Find("lastPromotedSpec") as ScalarNode)?.Text is { Length: > 0 };

    // Of two canaries with one target or one apex service the senior one stays: they would undo each other's work. It is the one that
    // has served, by its status, else the older one by its creation, as for splits, so that every process decides the same. Manifests
    // mostly have neither: of those the one that was there stays, else the first by name.
    private ImmutableSortedDictionary<NamespacedName, CatalogEntry> WithoutRivals(
        ImmutableSortedDictionary<NamespacedName, CatalogEntry> entries,
        ImmutableDictionary<SourceObject, Mapped<CanarySpec>> mapped)
    {
        var sources = mapped.Keys.ToDictionary(item => item.Key.Name);
        var result = entries;
        foreach (var (field, of) in Claims)
        {
            foreach (var rivals in result.Where(pair => pair.Value.Spec is not null).GroupBy(pair => of(pair.Value.Spec!)))
            {
                var ordered = rivals.Select(pair => pair.Key)
                    .OrderBy(key => !HasServed(sources[key]))
                    .ThenBy(key => sources[key].Created ?? DateTimeOffset.MaxValue)
                    .ThenBy(key => sources[key].Created is null && Canaries.GetValueOrDefault(key)?.Spec is null)
                    .ThenBy(key => key)
                    .ToList();
                foreach (var loser in ordered.Skip(1))
                {
                    var problem = new ObjectProblem(
                        sources[loser].Origin,
                        CanaryKinds.CanaryKey(loser),
                        field,
                        $"{rivals.Key.Name} belongs to Canary {ordered[0]} already",
                        "Keep one of the two canaries, or name another");
                    result = result.SetItem(
                        loser, result[loser] with { Spec = null, Problems = result[loser].Problems.Add(problem) });
                }
            }
        }

        return result;
    }

    private static readonly (string Field, Func<CanarySpec, NamespacedName> Of)[] Claims =
    [
        ("spec.targetRef.name", spec => new NamespacedName(spec.Key.Namespace, spec.Target.Name)),
        ("spec.service.name", spec => spec.Apex),
    ];

    // What a canary makes stands in place of a manifest of the same name.
    private static IEnumerable<ObjectProblem> Hidden(
        ImmutableSortedDictionary<NamespacedName, CatalogEntry> entries, ObjectSet objects) =>
        from spec in entries.Values.Select(entry => entry.Spec).OfType<CanarySpec>()
        from made in new ObjectKey[]
        {
            new("split.smi-spec.io", "TrafficSplit", spec.Apex), new(string.Empty, "Service", spec.Primary),
            new(string.Empty, "Service", spec.Canary),
        }
        where objects.Objects.ContainsKey(made)
        select new ObjectProblem(
            objects.Objects[made].Origin, made, string.Empty, $"is not used: Canary {spec.Key} makes its own",
            "Remove it, or give the canary's spec.service another name");

    private IEnumerable<KeyValuePair<NamespacedName, CatalogEntry>> Gone(
        ImmutableSortedDictionary<NamespacedName, CatalogEntry> entries) => Canaries
        .Where(pair => !entries.ContainsKey(pair.Key) && pair.Value.Spec is not null)
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { IsDeleted = true }));

    private static IEnumerable<KeyValuePair<string, string>> Values(SourceObject secret, string field) =>
        (secret.Root.Find(field) as MappingNode)?.Entries
            .Where(entry => entry.Value is ScalarNode)
            .Select(entry => KeyValuePair.Create(entry.Key, ((ScalarNode)entry.Value).Text)) ?? [];

    private static string Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : string.Empty;
    }
}
