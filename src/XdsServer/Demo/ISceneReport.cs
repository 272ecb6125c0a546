namespace XdsCanary.XdsServer.Demo;

/// <summary>Shows what a scene of the demo does.</summary>
internal interface ISceneReport
{
    /// <summary>Shows a scene while it runs.</summary>
    /// <param name="heading">A line above it.</param>
    /// <param name="scene">
    /// The scene: gets what shows a line (a line with the step's number of an earlier one takes its place), and returns the fault
    /// that ended it, or null.
    /// </param>
    /// <returns>The fault.</returns>
    Task<string?> ShowAsync(string heading, Func<Action<SceneRow, bool>, Task<string?>> scene);

    /// <summary>Shows the outcome.</summary>
    /// <param name="text">One line.</param>
    /// <param name="good">Whether it is good news.</param>
    void Conclude(string text, bool good);
}
