using System.Diagnostics;

namespace Tandem.Linux.Tests.Real;

/// <summary>Waits for asynchronous effects.</summary>
internal static class Until
{
    public static void True(Func<bool> condition, string what, int seconds = 10)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(seconds))
                Assert.Fail($"not within {seconds} s: {what}");
            Thread.Sleep(5);
        }
    }
}
