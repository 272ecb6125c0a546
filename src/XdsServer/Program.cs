using XdsCanary.XdsServer.CommandLine;

return await CommandTree.Build().Parse(args).InvokeAsync();
