using System.Text;
using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>
/// The volumes of a pod as folders below its own: the content of ConfigMaps and Secrets as it is when the pod starts, tokens of
/// service accounts, and empty folders for everything else.
/// </summary>
internal static class PodVolumes
{
    /// <summary>The name that the folder of the pod's service account goes by; no volume can be called so.</summary>
    public const string AccountVolume = "_serviceaccount";

    /// <summary>Makes them.</summary>
    /// <returns>Their folders by the volumes' names.</returns>
    /// <exception cref="ConfigMissingException">A source is not there.</exception>
    public static async Task<Dictionary<string, string>> MakeAsync(PodContext context, CancellationToken cancellationToken)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var volume in context.Pod.Items("spec", "volumes"))
        {
            var name = volume.Text("name")!;
            folders[name] = volume.Text("hostPath", "path")
                ?? Directory.CreateDirectory(Path.Combine(context.Folder, "volumes", name)).FullName;
            foreach (var source in volume.At("projected") is { } projected ? projected.Items("sources") : [volume])
            {
                await FillAsync(context, folders[name], source, cancellationToken);
            }
        }

        if (context.ServiceAccount is not null)
        {
            var folder = Directory.CreateDirectory(Path.Combine(context.Folder, "volumes", AccountVolume)).FullName;
            await WriteTokenAsync(context, Path.Combine(folder, "token"), cancellationToken);
            await WriteAsync(folder, "namespace", Encoding.UTF8.GetBytes(context.Namespace), cancellationToken);
            File.Copy(context.Node.CertificateFile, Path.Combine(folder, "ca.crt"), overwrite: true);
            folders[AccountVolume] = folder;
        }

        return folders;
    }

    private static async Task FillAsync(PodContext context, string folder, JsonObject source, CancellationToken cancellationToken)
    {
        if (source.At("configMap") is { } map)
        {
            var values = await ConfigReader.ConfigMapAsync(context, map.Text("name"), map.Flag("optional"), cancellationToken);
            await WriteAsync(folder, map, values, cancellationToken);
        }
        else if (source.At("secret") is { } secret)
        {
            var name = secret.Text("secretName") ?? secret.Text("name");
            var values = await ConfigReader.SecretAsync(context, name, secret.Flag("optional"), cancellationToken);
            await WriteAsync(folder, secret, values, cancellationToken);
        }
        else if (source.At("downwardAPI") is { } downward)
        {
            foreach (var item in downward.Items("items"))
            {
                var text = PodFields.Read(context, item.Text("fieldRef", "fieldPath") ?? string.Empty);
                await WriteAsync(folder, item.Text("path")!, Encoding.UTF8.GetBytes(text), cancellationToken);
            }
        }
        else if (source.At("serviceAccountToken") is { } token)
        {
            await WriteTokenAsync(context, Path.Combine(folder, token.Text("path")!), cancellationToken);
        }
    }

    private static async Task WriteTokenAsync(PodContext context, string file, CancellationToken cancellationToken)
    {
        var account = context.ServiceAccount ?? "default";
        try
        {
            await File.WriteAllTextAsync(
                file, await context.Node.Api.ServiceAccountTokenAsync(context.Namespace, account, cancellationToken), cancellationToken);
        }
        catch (KubeApiException exception) when (exception.Status == System.Net.HttpStatusCode.NotFound)
        {
            throw new ConfigMissingException($"serviceaccounts \"{account}\" not found");
        }
    }

    private static async Task WriteAsync(
        string folder, JsonNode source, Dictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        if (source.At("items") is null)
        {
            foreach (var (key, value) in values)
            {
                await WriteAsync(folder, key, value, cancellationToken);
            }

            return;
        }

        foreach (var item in source.Items("items"))
        {
            var key = item.Text("key")!;
            if (values.TryGetValue(key, out var value))
            {
                await WriteAsync(folder, item.Text("path")!, value, cancellationToken);
            }
            else if (!source.Flag("optional"))
            {
                throw new ConfigMissingException($"references non-existent config key: {key}");
            }
        }
    }

    private static Task WriteAsync(string folder, string name, byte[] value, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return File.WriteAllBytesAsync(file, value, cancellationToken);
    }
}
