using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Signals that arrive while one program replaces another.</summary>
public sealed class SignalTests
{
    private const int SigHup = 1;

    private const int SigUsr1 = 10;

    // SIGHUP, SIGUSR1 and SIGTERM: bit N - 1 for signal N. SIGINT is left alone where it is ignored.
    private const ulong Held = 1UL << 0 | 1UL << 9 | 1UL << 14;

    [Fact]
    public void Every_thread_leaves_the_signals_to_the_one_that_waits_for_them()
    {
        using var lab = new Lab();
        var seen = 0;
        foreach (var task in Directory.EnumerateDirectories($"/proc/{lab.A.Service.Pid}/task"))
        {
            string name,
                status;
            try
            {
                (name, status) = (File.ReadAllText(Path.Combine(task, "comm")).Trim(), File.ReadAllText(Path.Combine(task, "status")));
            }
            catch (IOException)
            {
                // The thread has ended since the folder was read.
                continue;
            }
            // The waiting thread has the signals unblocked meanwhile.
            if (name == "signals")
                continue;
            var blocked = status.Split('\n').First(line => line.StartsWith("SigBlk:", StringComparison.Ordinal)).Split('\t')[1];
            Assert.Equal(Held, ulong.Parse(blocked, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Held);
            seen++;
        }
        Assert.NotEqual(0, seen);
    }

    [Fact]
    public void A_second_SIGHUP_comes_at_any_time()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        var pid = lab.A.Service.Pid;
        for (var pause = 0; pause <= 150; pause += 10)
        {
            Shell.Signal(pid, SigHup);
            // A pause, not a wait: its length is under test.
            Thread.Sleep(pause);
            Shell.Signal(pid, SigHup);
        }
        Shell.Until(() => lab.A.TryTandem("link", "show").ExitCode == 0, "it answers");
        Assert.Equal(pid, lab.A.Service.Pid);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c5", "-i0.01", "10.213.0.2"), StringComparison.Ordinal);
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Null(lab.A.KernelLink("bond0"));
    }

    [Fact]
    public void SIGUSR1_ends_the_service_and_leaves_the_bonds_to_the_next_one()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        var monitor = lab.A.Start("ip", "monitor", "link");
        var ping = lab.A.Start("ping", "-q", "-i0.01", "-c300", "10.213.0.2");
        Shell.Signal(lab.A.Service.Pid, SigUsr1);
        Assert.Equal(0, lab.A.Service.AwaitEnd());
        Assert.Contains("stopping: the bonds continue", lab.A.Service.Log, StringComparison.Ordinal);
        lab.A.Service.Start();
        Assert.Contains("bond0: taken over from the previous service, with 2 members", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.True(ping.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Contains(" 0% packet loss", ping.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        monitor.Kill();
        Assert.Equal("", monitor.StandardOutput.ReadToEnd());
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("no program")]
    [InlineData("one that fails")]
    [InlineData("one that does not end")]
    public void A_program_that_does_not_run_takes_nobodys_place(string broken)
    {
        using var lab = new Lab(start: false);
        var program = Path.Combine(lab.A.Directory, "tandemd");
        File.Copy(Programs.Tandemd, program);
        using var service = lab.A.Start(program, "--socket", lab.A.Socket, "--state", lab.A.Service.State);
        Shell.Until(() => lab.A.TryTandem("link", "show").ExitCode == 0, "it answers");
        lab.A.Tandem("link", "add", "bond0", "type", "bond", "device_kind", "veth");

        File.Move(program, program + ".kept");
        if (broken != "missing")
        {
            var text = broken switch
            {
                "no program" => "\u0001\u0002\u0003",
                "one that fails" => "#!/bin/sh\nexit 7\n",
                _ => "#!/bin/sh\nexec sleep 30\n",
            };
            File.WriteAllText(program, text);
            Shell.Must("chmod", "755", program);
        }
        var pid = int.Parse(Shell.Must("ip", "netns", "pids", lab.A.Namespace).Split('\n')[0], CultureInfo.InvariantCulture);
        Shell.Signal(pid, SigHup);
        // Before this message it is open whether the service continues.
        Shell.Until(
            () => service.StandardError.ReadLine()?.Contains("cannot be replaced, and continues", StringComparison.Ordinal) == true,
            "it goes on"
        );
        Assert.Equal(0, lab.A.TryTandem("link", "show").ExitCode);

        File.Move(program + ".kept", program, overwrite: true);
        Shell.Signal(pid, SigHup);
        Shell.Until(
            () => service.StandardError.ReadLine()?.Contains("taken over from the previous service", StringComparison.Ordinal) == true,
            "it was replaced"
        );
        Assert.NotNull(lab.A.KernelLink("bond0"));
    }

    [Fact]
    public void A_SIGTERM_after_a_SIGHUP_removes_the_bonds()
    {
        using var lab = new Lab();
        for (var pause = 0; pause <= 150; pause += 30)
        {
            lab.A.Tandem("link", "add", "bond0", "type", "bond", "mode", "active-backup", "device_kind", "veth");
            Shell.Signal(lab.A.Service.Pid, SigHup);
            Thread.Sleep(pause);
            Assert.Equal(0, lab.A.Service.Stop());
            Assert.Null(lab.A.KernelLink("bond0"));
            lab.A.Service.Start();
        }
    }
}
