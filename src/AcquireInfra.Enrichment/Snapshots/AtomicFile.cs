using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>
/// The one writer of files that may be mapped, or must outlive a power cut: a temporary file in the same folder, flushed to disk, checked,
/// renamed over the target, and the folder flushed. A reader, or a start after the power came back, sees the old file or the new one, whole.
/// </summary>
public static partial class AtomicFile
{
    const string Suffix = ".tmp";

    /// <param name="write">Writes the content.</param>
    /// <param name="verify">Checks the temporary file, given by its path, after it is flushed; throws to refuse it.</param>
    /// <exception cref="IOException">Writing or renaming failed, and the target is as it was; or flushing the folder did, and it may be either after a power cut.</exception>
    public static void Write(string path, Action<Stream> write, Action<string>? verify = null)
    {
        var temporary = TemporaryFor(path);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush();
                FlushToDisk(file.SafeFileHandle, temporary);
            }
            Finish(temporary, path, verify);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <inheritdoc cref="Write"/>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, Action<string>? verify = null)
    {
        const int BufferBytes = 64 * 1024;
        var temporary = TemporaryFor(path);
        try
        {
            await using (var file = new FileStream(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, FileOptions.Asynchronous))
            {
                await write(file).ConfigureAwait(false);
                await file.FlushAsync().ConfigureAwait(false);
                FlushToDisk(file.SafeFileHandle, temporary);
            }
            Finish(temporary, path, verify);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>
    /// Adds to the end of a file whose end is known, for logs: what lies behind it, left by a writer that failed, is cut off. Flushed to disk
    /// before it returns.
    /// </summary>
    /// <param name="length">Of the file as it should be, in bytes; 0 for one that may not be there yet.</param>
    /// <exception cref="IOException">Writing or flushing failed; what was added is taken back where the disk lets us.</exception>
    public static void Append(string path, long length, ReadOnlySpan<byte> content)
    {
        var isNew = !File.Exists(path);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            file.SetLength(length);
            file.Position = length;
            file.Write(content);
            FlushToDisk(file.SafeFileHandle, path);
        }
        catch
        {
            file.SetLength(length);
            throw;
        }
        if (isNew)
        {
            FlushFolder(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Removes the temporary files of writers that died.</summary>
    /// <param name="lastWrittenBefore">Younger ones may still be written by another process.</param>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public static void RemoveAbandoned(string folder, DateTimeOffset lastWrittenBefore)
    {
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, ".*" + Suffix) : [])
        {
            if (File.GetLastWriteTimeUtc(path) < lastWrittenBefore.UtcDateTime)
            {
                File.Delete(path);
            }
        }
    }

    // In the same folder: a rename across file systems would silently become truncate and copy.
    static string TemporaryFor(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}-{Guid.NewGuid():N}{Suffix}");

    static void Finish(string temporary, string path, Action<string>? verify)
    {
        verify?.Invoke(temporary);
        Rename(temporary, path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Renames inside one folder, over what is there.</summary>
    public static void Rename(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            // File.Replace fails where there is nothing to replace, and MoveFileEx is what File.Move is there.
#pragma warning disable RS0030 // same folder, so never a copy
            File.Move(from, to, overwrite: true);
#pragma warning restore RS0030
            return;
        }
        if (rename(from, to) != 0)
        {
            throw Failure("rename", to);
        }
    }

    // FileStream.Flush(true) swallows EIO and ENOSPC; only the call itself tells.
    static void FlushToDisk(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }
        if (fsync(handle) != 0)
        {
            throw Failure("fsync", path);
        }
    }

    static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals the rename
        }
        const int ReadOnly = 0;
        var descriptor = open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw Failure("open", folder);
        }
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(handle) != 0)
        {
            throw Failure("fsync", folder);
        }
    }

    static IOException Failure(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
