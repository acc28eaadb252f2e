namespace Tandem.Cli.Tests;

/// <summary>Interfaces that exist by name only, and an <c>ip</c> that records its arguments.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tdm-").FullName;

    public FakeMachine(int ipExitCode = 0, params string[] interfaces)
    {
        foreach (var name in interfaces)
            Directory.CreateDirectory(Path.Combine(Interfaces, name));
        File.WriteAllText(Ip, $"#!/bin/sh\necho \"$*\" >>'{Calls}'\nexit {ipExitCode}\n");
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(Ip, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The root of its file system: empty, so that the kernel has no driver.</summary>
    public string Root => Directory.CreateDirectory(Path.Combine(_directory, "root")).FullName;

    public string Interfaces => Path.Combine(_directory, "net");

    public string Ip => Path.Combine(_directory, "ip");

    /// <summary>The lines that <c>ip</c> was run with.</summary>
    public string[] IpLines => File.Exists(Calls) ? File.ReadAllLines(Calls) : [];

    private string Calls => Path.Combine(_directory, "calls");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
