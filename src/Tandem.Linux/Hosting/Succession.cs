using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>
/// How a process hands open files to the next one: by executing it in its place, or through a service manager that stores them meanwhile.
/// </summary>
public static unsafe class Succession
{
    /// <summary>Whether a program is executable.</summary>
    public static LinuxResult CanExecute(string path) =>
        Processes.Access(path, Processes.X_OK) < 0 ? LinuxResult.Last(path) : LinuxResult.Ok;

    /// <summary>
    /// Replaces this process by another program (execve). The named descriptors stay open, all others are closed. Returns only on
    /// failure.
    /// </summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, without its name.</param>
    /// <param name="environment">Its whole environment.</param>
    /// <param name="kept">The descriptors that stay open.</param>
    public static LinuxResult Become(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<FileDescriptor> kept
    )
    {
        ArgumentNullException.ThrowIfNull(kept);
        var argv = Texts([path, .. arguments]);
        var envp = Texts([.. environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        foreach (var fd in kept)
            _ = Processes.Control(fd.Number, Processes.F_SETFD, 0);
        _ = Processes.Execute(argv[0], argv, envp);
        // The memory is leaked on purpose: after a failure the process ends.
        return LinuxResult.Last($"cannot become {path}");
    }

    /// <summary>Takes ownership of a descriptor that another process passed by number.</summary>
    public static FileDescriptor Inherit(int number)
    {
        _ = Processes.Control(number, Processes.F_SETFD, Processes.FD_CLOEXEC);
        return FileDescriptor.FromC(number);
    }

    /// <summary>Sends a message with a descriptor to a datagram socket (systemd's notify socket).</summary>
    /// <param name="socket">The sender's socket, connected.</param>
    /// <param name="message">The message.</param>
    /// <param name="fd">The descriptor to send.</param>
    public static LinuxResult Send(SafeHandle socket, ReadOnlySpan<byte> message, FileDescriptor fd)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(fd);
        var control = DescriptorMessage.Of(fd);
        fixed (byte* p = message)
        {
            var part = new IoVec { Base = p, Length = (nuint)message.Length };
            var whole = new MsgHdr
            {
                Iov = &part,
                IovLength = 1,
                Control = &control,
                ControlLength = (nuint)sizeof(DescriptorMessage),
            };
            return Processes.SendMessage((int)socket.DangerousGetHandle(), &whole, 0) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
        }
    }

    // An array of C strings, with a null pointer at its end.
    private static byte** Texts(string[] texts)
    {
        var pointers = (byte**)NativeMemory.AllocZeroed((nuint)texts.Length + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Length; i++)
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return pointers;
    }
}
