using Tandem.Config.Disk;
using Xunit;

namespace Tandem.Config.Tests.Disk;

/// <summary>If the power fails at any step of writing a file, the file's name stands for the whole old or the whole new content.</summary>
public sealed class PowerCutTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tdm-config-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_is_old_or_new_whenever_the_power_goes()
    {
        var path = Path.Combine(_directory, "bonds.yaml");
        var seen = new List<string>();
        for (var cut = 0; ; cut++)
        {
            File.WriteAllText(path, "old\n");
            var disk = new CutDisk(cut);
            try
            {
                AtomicFile.Write(disk, path, "new\n", isPrivate: false);
                Assert.Equal(["create", "write", "flush", "rename", "flush directory"], disk.Done);
                break;
            }
            catch (PowerCutException)
            {
                // After a power cut no code cleans up.
            }
            seen.Add(disk.AfterRestart(path));
            // The draft's name must not look like a configuration file.
            Assert.Equal([path], Directory.EnumerateFiles(_directory, "*.yaml").Where(file => !Path.GetFileName(file).StartsWith('.')));
        }
        Assert.Equal(["old\n", "old\n", "old\n", "old\n", "old\n or new\n"], seen);
    }

    private sealed class PowerCutException : Exception;

    // A disk that keeps flushed data. All other data may be lost.
    private sealed class CutDisk(int cut) : IDisk
    {
        private readonly MachineDisk _disk = new();
        private bool _isOff;
        private bool _isFlushed;

        public List<string> Done { get; } = [];

        /// <summary>The contents that the file may have when the machine starts again.</summary>
        public string AfterRestart(string path)
        {
            // Without a flush before the rename, the new name could have no data.
            Assert.True(!Done.Contains("rename") || _isFlushed);
            return Done.Contains("rename") ? $"old\n or {File.ReadAllText(path)}" : File.ReadAllText(path);
        }

        public Stream Create(string path, UnixFileMode mode)
        {
            Step("create");
            return new CutStream(_disk.Create(path, mode), this);
        }

        public void Flush(Stream file)
        {
            Step("flush");
            _disk.Flush(((CutStream)file).Inner);
            _isFlushed = true;
        }

        public void Rename(string path, string target)
        {
            Step("rename");
            _disk.Rename(path, target);
        }

        public void FlushDirectory(string path)
        {
            Step("flush directory");
            _disk.FlushDirectory(path);
        }

        public void Delete(string path)
        {
            if (!_isOff)
                _disk.Delete(path);
        }

        private void Step(string name)
        {
            if (_isOff || Done.Count == cut)
            {
                _isOff = true;
                throw new PowerCutException();
            }
            Done.Add(name);
        }

        private sealed class CutStream(Stream inner, CutDisk disk) : MemoryStream
        {
            public Stream Inner => inner;

            public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

            public override void Write(ReadOnlySpan<byte> buffer)
            {
                // Only half of the data reaches the disk.
                inner.Write(buffer[..(buffer.Length / 2)]);
                disk.Step("write");
                inner.Write(buffer[(buffer.Length / 2)..]);
            }

            protected override void Dispose(bool disposing)
            {
                inner.Dispose();
                base.Dispose(disposing);
            }
        }
    }
}
