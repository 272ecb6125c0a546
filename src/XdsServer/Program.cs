using XdsCanary.XdsServer.CommandLine;

return await CommandTree.RunAsync(args);
