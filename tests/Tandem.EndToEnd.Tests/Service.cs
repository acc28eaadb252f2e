using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Tandem.EndToEnd.Tests;

/// <summary>The service of a host.</summary>
internal sealed class Service(Host host) : IDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;

    /// <summary>All output of the service so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public int Pid => _process!.Id;

    /// <summary>The folder of its state.</summary>
    public string State => Path.Combine(host.Directory, "state");

    /// <summary>Starts the service, optionally through another command, and waits until it answers.</summary>
    public void Start(params string[] through)
    {
        _process = Shell.Start([
            "ip",
            "netns",
            "exec",
            host.Namespace,
            .. through,
            Programs.Tandemd,
            "--socket",
            host.Socket,
            "--state",
            State,
        ]);
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Shell.Until(() => _process.HasExited || host.TryTandem("link", "show").ExitCode == 0, "the service answers");
        if (_process.HasExited)
            throw new InvalidOperationException(Log);
    }

    /// <summary>Stops the service and waits; returns its exit code.</summary>
    public int Stop()
    {
        Shell.Signal(_process!, PosixSignal.SIGTERM);
        return AwaitEnd();
    }

    /// <summary>Waits until the service has ended by itself; returns its exit code.</summary>
    public int AwaitEnd()
    {
        if (!_process!.WaitForExit(TimeSpan.FromSeconds(15)))
            throw new TimeoutException("the service does not stop: " + Log);
        return _process.ExitCode;
    }

    /// <summary>Kills the service, as the kernel does when memory runs out.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process?.Dispose();
    }

    private void Append(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
