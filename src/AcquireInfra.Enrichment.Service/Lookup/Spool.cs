using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>
/// Takes in a stream at its sender's pace and gives it out at the reader's: what is between them is kept in a ring of memory, and what
/// does not fit there in a temporary file, which has no name any more once it is open. One sender, one reader.
/// </summary>
internal sealed class Spool(string folder) : Stream
{
    const int RingBytes = 1 << 20;
    const int ChunkBytes = 64 * 1024;

    readonly Lock _lock = new();
    readonly byte[] _ring = ArrayPool<byte>.Shared.Rent(RingBytes);
    long _ringWritten;
    long _ringRead;
    SafeFileHandle? _file;
    long _fileWritten;
    long _fileRead;
    bool _isFull;
    bool _isDiscarded;
    Exception? _failure;
    TaskCompletionSource _change = NewSignal();

    /// <summary>Takes in all there is. What the stream throws is thrown to the reader, after what came before.</summary>
    public async Task FillAsync(Stream from, CancellationToken cancelled)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (await from.ReadAsync(chunk, cancelled) is > 0 and var read)
            {
                await AddAsync(chunk.AsMemory(0, read), cancelled);
            }
            Close(null);
        }
        catch (Exception exception) // all of them: the reader is whom it concerns
        {
            Close(exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>The reader gets this at once, whatever there is yet; the rest of the stream is taken in and dropped.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
        {
            (_failure, _isDiscarded) = (failure, true);
        }
        Signal();
    }

    /// <summary>Nobody reads on: the rest of the stream is taken in and dropped.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _isDiscarded = true;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (_isDiscarded && _failure is not null)
                {
                    throw _failure;
                }
                if (_ringWritten > _ringRead)
                {
                    return TakeFromRing(buffer.Span);
                }
                if (_fileWritten > _fileRead)
                {
                    var count = (int)Math.Min(buffer.Length, _fileWritten - _fileRead);
                    var read = RandomAccess.Read(_file!, buffer.Span[..count], _fileRead);
                    _fileRead += read;
                    return read;
                }
                if (_isFull)
                {
                    return _failure is null ? 0 : throw _failure;
                }
                change = _change.Task;
            }
            await change.WaitAsync(cancellationToken);
        }
    }

    async ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancelled)
    {
        lock (_lock)
        {
            if (_isDiscarded)
            {
                return;
            }
            if (_fileRead == _fileWritten)
            {
                (_fileRead, _fileWritten) = (0, 0); // all that was in the file is read: memory again, while it is enough
                if (RingBytes - (_ringWritten - _ringRead) >= bytes.Length)
                {
                    PutInRing(bytes.Span);
                    bytes = default;
                }
            }
        }
        if (!bytes.IsEmpty)
        {
            await AddToFileAsync(bytes, cancelled);
        }
        Signal();
    }

    // Only the sender writes to the file, and what the reader may read of it ends where the writing begins.
    async ValueTask AddToFileAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancelled)
    {
        try
        {
            _file ??= OpenFile();
            await RandomAccess.WriteAsync(_file, bytes, _fileWritten, cancelled);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpoolException("What is sent faster than it is read cannot be kept, for lack of disk space. Read while you send.", exception);
        }
        lock (_lock)
        {
            _fileWritten += bytes.Length;
        }
    }

    SafeFileHandle OpenFile()
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Path.GetRandomFileName());
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path); // also gone when the process is killed
        }
        return file;
    }

    void PutInRing(ReadOnlySpan<byte> bytes)
    {
        var at = (int)(_ringWritten % RingBytes);
        var first = Math.Min(bytes.Length, RingBytes - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _ringWritten += bytes.Length;
    }

    int TakeFromRing(Span<byte> buffer)
    {
        var at = (int)(_ringRead % RingBytes);
        var count = (int)Math.Min(Math.Min(buffer.Length, _ringWritten - _ringRead), RingBytes - at);
        _ring.AsSpan(at, count).CopyTo(buffer);
        _ringRead += count;
        return count;
    }

    void Close(Exception? failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            _isFull = true;
        }
        Signal();
    }

    void Signal() => Interlocked.Exchange(ref _change, NewSignal()).TrySetResult();

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>After the sender has ended.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file?.Dispose();
            ArrayPool<byte>.Shared.Return(_ring);
        }
        base.Dispose(disposing);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>The temporary file cannot take more.</summary>
internal sealed class SpoolException(string message, Exception inner) : Exception(message, inner);
