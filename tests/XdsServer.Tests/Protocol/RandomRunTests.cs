using System.Globalization;
using FsCheck.Xunit;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>A-X-50: random runs. FsCheck prints the seed and the shortest failing run.</summary>
[Properties(Arbitrary = [typeof(RandomStepsArbitrary)], QuietOnSuccess = true)]
public sealed class RandomRunTests
{
    [Property(MaxTest = 600)]
    public void A_X_50_Any_sotw_client_ends_with_what_it_wants(RandomSteps run) => RunAny(XdsVariant.Sotw, run);

    [Property(MaxTest = 600)]
    public void A_X_50_Any_delta_client_ends_with_what_it_wants(RandomSteps run) => RunAny(XdsVariant.Delta, run);

    [Property(MaxTest = 600)]
    public void A_X_50_Envoy_over_sotw_never_meets_a_route_without_its_cluster(RandomSteps run) =>
        RunEnvoy(XdsVariant.Sotw, run);

    [Property(MaxTest = 600)]
    public void A_X_50_Envoy_over_delta_never_meets_a_route_without_its_cluster(RandomSteps run) =>
        RunEnvoy(XdsVariant.Delta, run);

    /// <summary>Runs that have found a fault of the server or of the model once.</summary>
    [Theory]
    [InlineData("Delta", "16,4,1,11 32,2,8,1 51,7,10,6 43,11,1,1 83,2,3,2 86,11,8,8")]
    [InlineData("Delta", "39,2,3,0 20,10,10,11 57,9,2,2 60,5,3,0 72,6,8,9 87,5,8,4")]
    [InlineData("Delta", "64,8,0,6 3,3,6,4 9,1,4,10 71,5,2,10 88,9,6,3 94,1,3,7 59,4,1,1 21,8,0,2 56,8,1,10")]
    [InlineData("Sotw", "34,8,5,6 11,1,8,6 87,7,3,9")]
    [InlineData("Sotw", "51,4,1,0 14,3,8,8 87,6,11,2")]
    [InlineData("Sotw", "57,6,2,8 53,11,7,3 99,8,0,11 15,4,4,7 85,5,3,3 88,4,0,11 78,4,6,0 15,5,7,0 84,1,4,11")]
    [InlineData("Sotw", "53,10,7,1 7,6,7,8 70,7,0,4 6,7,9,7 86,8,2,0")]
    public void A_X_50_Runs_that_failed_once(string variant, string run) => RunAny(Enum.Parse<XdsVariant>(variant), new RandomSteps(
        [.. run.Split(' ').Select(step => step.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray()).Select(n => new Step(n[0], n[1], n[2], n[3]))]));

    private static void RunAny(XdsVariant variant, RandomSteps run)
    {
        var client = new RandomClient(variant);
        foreach (var step in run.Steps)
        {
            client.Do(step);
        }

        client.Settle();
    }

    private static void RunEnvoy(XdsVariant variant, RandomSteps run)
    {
        var client = new EnvoyClient(variant);
        client.Connect();
        foreach (var step in run.Steps)
        {
            client.Do(step);
        }

        client.Settle();
    }
}
