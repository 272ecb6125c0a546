using System.Runtime.CompilerServices;
using Xunit;
using Xunit.Sdk;

namespace XdsCanary.TestKit;

/// <summary>
/// Waits for conditions of the world outside the test: bounded, and as short as the condition allows. An exception of the
/// condition counts as "not yet", and is shown when the time is up; a failed assertion ends the wait.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The time that a thing which should happen at once is given on a busy machine.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds; fails the test when it does not in time.</summary>
    public static Task BecomesAsync(
        Func<bool> condition,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(condition))] string description = "") =>
        GetAsync(() => Task.FromResult(condition()), value => value, timeout, description);

    /// <summary>Waits until a condition holds; fails the test when it does not in time.</summary>
    public static Task BecomesAsync(
        Func<Task<bool>> condition,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(condition))] string description = "") =>
        GetAsync(condition, value => value, timeout, description);

    /// <summary>
    /// Asks for a value until it is acceptable; fails the test, naming the last value, when that takes too long.
    /// </summary>
    /// <param name="probe">Asks.</param>
    /// <param name="accept">Says whether a value is acceptable.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="description">What is waited for.</param>
    /// <param name="explain">Says what else would explain a failure; not asked before.</param>
    /// <returns>The first acceptable value.</returns>
    public static async Task<T> GetAsync<T>(
        Func<Task<T>> probe,
        Func<T, bool> accept,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(accept))] string description = "",
        Func<Task<string>>? explain = null)
    {
        var time = TimeProvider.System;
        var limit = timeout ?? DefaultTimeout;
        var started = time.GetTimestamp();
        while (true)
        {
            string last;
            try
            {
                var value = await probe();
                if (accept(value))
                {
                    return value;
                }

                last = $"last value: {value}";
            }
            catch (Exception exception) when (exception is not (IAssertionException or SkipException) && !IsTestCancelled())
            {
                last = $"last exception: {exception.GetType().Name}: {exception.Message}";
            }

            if (time.GetElapsedTime(started) > limit)
            {
                Assert.Fail($"Not within {limit.TotalSeconds:0.#} s: {description} ({last}).{await ExplainAsync(explain)}");
            }

            await Task.Delay(PollInterval, time, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> ExplainAsync(Func<Task<string>>? explain)
    {
        try
        {
            return explain is null ? string.Empty : $"\n{await explain()}";
        }
        catch (Exception exception)
        {
            // What is to be explained counts more than what went wrong with the explanation.
            return $"\n{exception.GetType().Name}: {exception.Message}";
        }
    }

    private static bool IsTestCancelled() => TestContext.Current.CancellationToken.IsCancellationRequested;
}
