using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Server;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>
/// The programs that stand for the images of the guide. All pods share one network, so that each program listens on its pod's
/// address where the chart says 0.0.0.0: a few lines of shell before it see to that.
/// </summary>
public static class GuideImages
{
    private const string AddressVariable = "GUIDE_POD_IP";

    private const string Product =
        """
        #!/usr/bin/env bash
        exec "PROGRAM" "${@//0.0.0.0/$GUIDE_POD_IP}"
        """;

    // Its bootstrap says where the admin interface listens; the port of the listener is shared by all Envoys.
    private const string Envoy =
        """
        #!/usr/bin/env bash
        set -eu
        arguments=(--concurrency 1)
        for argument in "$@"; do
          if [ -f "$argument" ]; then
            sed "s/0\.0\.0\.0/$GUIDE_POD_IP/" "$argument" >"$POD_ROOT/envoy.yaml"
            argument=$POD_ROOT/envoy.yaml
          fi
          arguments+=("$argument")
        done
        exec "PROGRAM" "${arguments[@]}"
        """;

    /// <summary>Makes the table.</summary>
    /// <param name="folder">Where the scripts are to be.</param>
    public static ImageTable Create(TemporaryFolder folder)
    {
        Tool.Find("hey");
        Tool.Find("curl");
        var environment = new Dictionary<string, string> { [AddressVariable] = "{podIP}", ["XDSCANARY_XDS_ADDRESS"] = "{podIP}" };
        var product = new ImageProgram(Script(folder, "xds-canary", Product, ServerProcess.ExecutablePath)) { Environment = environment };
        return new ImageTable()
            .With("xds-canary", product)
            .With("xds-canary-tools", product)
            .With("podinfo", ImageProgram.Podinfo())
            .With("envoy", new ImageProgram(Script(folder, "envoy", Envoy, Tool.Find("envoy"))) { Environment = environment })
            .With("prometheus", new ImageProgram(Script(folder, "prometheus", PrometheusScript.Text, Tool.Find("prometheus")))
            {
                AlwaysArguments = ["--web.listen-address={podIP}:{port}"],
            });
    }

    private static string Script(TemporaryFolder folder, string name, string text, string program)
    {
        var path = folder.Write(name, text.Replace("PROGRAM", program, StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
