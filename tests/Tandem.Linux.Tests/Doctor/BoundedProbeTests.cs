using Tandem.Linux.Doctor;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Tests.Doctor;

public class BoundedProbeTests
{
    [Fact]
    public void A_probe_that_throws_is_told_as_a_problem()
    {
        var probe = new BoundedProbe<string>(() => throw new IOException("broken"), TimeSpan.FromSeconds(10));
        probe.Start();
        Assert.Equal(new Observation<string>(null, "broken"), probe.Result());
    }

    [Fact]
    public void A_probe_that_hangs_is_given_up_and_not_begun_twice()
    {
        using var release = new ManualResetEventSlim();
        var begun = 0;
        var probe = new BoundedProbe<string>(
            () =>
            {
                Interlocked.Increment(ref begun);
                release.Wait(CancellationToken.None);
                return "seen";
            },
            TimeSpan.FromMilliseconds(20)
        );
        for (var i = 0; i < 3; i++)
        {
            probe.Start();
            Assert.Null(probe.Result().Value);
        }
        Assert.Equal(1, begun);
        release.Set();
        Assert.True(SpinWait.SpinUntil(() => Seen(probe), TimeSpan.FromSeconds(10)));
    }

    private static bool Seen(BoundedProbe<string> probe)
    {
        probe.Start();
        return probe.Result().Value == "seen";
    }
}
