using System.Globalization;
using Tandem.EndToEnd.Tests;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Tests.Threads;

public class ThreadShareTests
{
    private const int NiceField = 18; // in /proc/thread-self/stat, of those behind the name, in parentheses

    [Fact]
    public void A_raised_thread_starts_threads_that_are_not()
    {
        Provided.Require(Environment.IsPrivilegedProcess, "a larger share needs root");
        var (raised, own, started) = (false, 0, 0);
        var thread = new Thread(() =>
        {
            raised = ThreadShare.Raise();
            own = Nice();
            var child = new Thread(() => started = Nice());
            child.Start();
            child.Join();
        });
        thread.Start();
        thread.Join();
        Assert.SkipUnless(raised, "a larger share needs CAP_SYS_NICE");
        Assert.Equal((-5, 0), (own, started));
    }

    private static int Nice()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[NiceField - 2], CultureInfo.InvariantCulture);
    }
}
